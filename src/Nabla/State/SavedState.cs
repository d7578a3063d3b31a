namespace Nabla;

/// <summary>A copy of what something remembers, by name: whoever gets it back goes on bit for bit as if nothing had been between.</summary>
internal sealed class SavedState
{
    /// <summary>Rows of numbers for the network's parameters.</summary>
    public Dictionary<string, float[]> Rows { get; } = [];

    /// <summary>Single numbers, and lists of them.</summary>
    public Dictionary<string, double[]> Numbers { get; } = [];

    /// <summary>Lists of texts.</summary>
    public Dictionary<string, string[]> Texts { get; } = [];

    /// <summary>Whole numbers, from 0 on.</summary>
    public Dictionary<string, int[]> Wholes { get; } = [];

    /// <summary>Copies what <paramref name="source"/> remembers now.</summary>
    public static SavedState Of(IStateful source)
    {
        var state = new SavedState();
        source.Visit(new Saver(state));
        return state;
    }

    /// <summary>Copies what something more remembers, under a name of its own.</summary>
    public void Add(string name, IStateful source) => new Saver(this).Visit(name, source);

    /// <summary>Whether something was added under this name.</summary>
    public bool Has(string name) =>
        new IEnumerable<string>[] { Rows.Keys, Numbers.Keys, Texts.Keys, Wholes.Keys }
            .Any(keys => keys.Any(key => key.StartsWith(name + ".", StringComparison.Ordinal)));

    /// <summary>Has it remember what was added under this name.</summary>
    /// <exception cref="InvalidDataException">Something is missing, or is not as long as it should be.</exception>
    public void PutBack(string name, IStateful target) => new Loader(this).Visit(name, target);

    /// <summary>Has <paramref name="target"/> remember this instead.</summary>
    /// <exception cref="InvalidDataException">Something is missing, or is not as long as it should be.</exception>
    public void PutBack(IStateful target) => target.Visit(new Loader(this));

    private sealed class Saver(SavedState state) : StateVisitor
    {
        public override void Visit(string name, Matrix numbers) => state.Rows.Add(name, numbers.Values.ToArray());

        public override void Visit(string name, List<double> numbers) => state.Numbers.Add(name, [.. numbers]);

        public override void Visit(string name, List<string> texts) => state.Texts.Add(name, [.. texts]);

        public override void Visit(string name, ref double number) => state.Numbers.Add(name, [number]);

        public override void Visit(string name, int[] numbers) => state.Wholes.Add(name, [.. numbers]);
    }

    private sealed class Loader(SavedState state) : StateVisitor
    {
        public override void Visit(string name, Matrix numbers) => Find(state.Rows, name, numbers.Values.Length).CopyTo(numbers.Values);

        public override void Visit(string name, List<double> numbers) => Replace(numbers, Find(state.Numbers, name, length: null));

        public override void Visit(string name, List<string> texts) => Replace(texts, Find(state.Texts, name, length: null));

        public override void Visit(string name, ref double number) => number = Find(state.Numbers, name, length: 1)[0];

        public override void Visit(string name, int[] numbers) => Find(state.Wholes, name, numbers.Length).CopyTo(numbers, 0);

        private static void Replace<T>(List<T> list, T[] items)
        {
            list.Clear();
            list.AddRange(items);
        }

        private static T[] Find<T>(Dictionary<string, T[]> all, string name, int? length) =>
            !all.TryGetValue(name, out var found) ? throw new InvalidDataException($"The saved state has no '{name}'. It was saved with other settings.")
            : length is { } expected && expected != found.Length ? throw new InvalidDataException(
                $"'{name}' of the saved state has {found.Length} numbers, but {expected} are expected. It belongs to another network, or to other settings.")
            : found;
    }
}
