namespace Nabla;

/// <summary>A copy of an object's state, by name.
/// An object that is given it back continues bit for bit as if it had never stopped.</summary>
internal sealed class SavedState
{
    /// <summary>Rows of values that belong to the network's parameters.</summary>
    public Dictionary<string, float[]> Rows { get; } = [];

    /// <summary>Single numbers, and lists of numbers.</summary>
    public Dictionary<string, double[]> Numbers { get; } = [];

    /// <summary>Lists of strings.</summary>
    public Dictionary<string, string[]> Texts { get; } = [];

    /// <summary>Lists of non-negative integers.</summary>
    public Dictionary<string, int[]> Wholes { get; } = [];

    /// <summary>Copies the current state of <paramref name="source"/>.</summary>
    public static SavedState Of(IStateful source)
    {
        var state = new SavedState();
        source.Visit(new Saver(state));
        return state;
    }

    /// <summary>Copies the state of another object under its own name.</summary>
    public void Add(string name, IStateful source) => new Saver(this).Visit(name, source);

    /// <summary>Whether something was added under this name.</summary>
    public bool Has(string name) =>
        new IEnumerable<string>[] { Rows.Keys, Numbers.Keys, Texts.Keys, Wholes.Keys }
            .Any(keys => keys.Any(key => key.StartsWith(name + ".", StringComparison.Ordinal)));

    /// <summary>Restores the state of <paramref name="target"/> from what was added under this name.</summary>
    /// <exception cref="InvalidDataException">A value is missing or has the wrong length.</exception>
    public void PutBack(string name, IStateful target) => new Loader(this).Visit(name, target);

    /// <summary>Restores the state of <paramref name="target"/>.</summary>
    /// <exception cref="InvalidDataException">A value is missing or has the wrong length.</exception>
    public void PutBack(IStateful target) => target.Visit(new Loader(this));

    private sealed class Saver(SavedState state) : StateVisitor
    {
        public override void Visit(string name, Matrix numbers) => state.Rows.Add(name, numbers.Values.ToArray());

        public override void Visit(string name, List<double> numbers) => state.Numbers.Add(name, [.. numbers]);

        public override void Visit(string name, List<string> strings) => state.Texts.Add(name, [.. strings]);

        public override void Visit(string name, ref double number) => state.Numbers.Add(name, [number]);

        public override void Visit(string name, int[] integers) => state.Wholes.Add(name, [.. integers]);
    }

    private sealed class Loader(SavedState state) : StateVisitor
    {
        public override void Visit(string name, Matrix numbers) =>
            Find(state.Rows, name, numbers.Values.Length).CopyTo(numbers.Values);

        public override void Visit(string name, List<double> numbers) =>
            Replace(numbers, Find(state.Numbers, name, length: null));

        public override void Visit(string name, List<string> strings) =>
            Replace(strings, Find(state.Texts, name, length: null));

        public override void Visit(string name, ref double number) =>
            number = Find(state.Numbers, name, length: 1)[0];

        public override void Visit(string name, int[] integers) =>
            Find(state.Wholes, name, integers.Length).CopyTo(integers, 0);

        private static void Replace<T>(List<T> list, T[] items)
        {
            list.Clear();
            list.AddRange(items);
        }

        private static T[] Find<T>(Dictionary<string, T[]> all, string name, int? length)
        {
            if (!all.TryGetValue(name, out var found))
                throw new InvalidDataException($"The saved state has no '{name}'. It was saved with other settings.");
            if (length is { } expected && expected != found.Length)
                throw new InvalidDataException(
                    $"'{name}' of the saved state has {found.Length} numbers, but {expected} are expected. "
                    + "It belongs to another network, or to other settings.");
            return found;
        }
    }
}
