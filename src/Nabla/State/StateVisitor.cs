namespace Nabla;

/// <summary>An object with state that later steps depend on.</summary>
internal interface IStateful
{
    /// <summary>Passes each piece of state to the visitor, under its own name.</summary>
    public void Visit(StateVisitor state);
}

/// <summary>
/// Visits the state of an object, to read it or to overwrite it. Saving and restoring use the same list of names, so
/// the two cannot differ.
/// </summary>
public abstract class StateVisitor
{
    private protected StateVisitor()
    {
    }

    /// <summary>Visits a matrix of values that belong to the network's parameters, in place.</summary>
    public abstract void Visit(string name, Matrix numbers);

    /// <summary>Visits a list of numbers, of any length.</summary>
    public abstract void Visit(string name, List<double> numbers);

    /// <summary>Visits a list of strings, of any length.</summary>
    public abstract void Visit(string name, List<string> strings);

    /// <summary>Visits one number.</summary>
    public abstract void Visit(string name, ref double number);

    /// <summary>Visits an array of non-negative integers, in place.</summary>
    public abstract void Visit(string name, int[] integers);

    /// <summary>Visits one integer.</summary>
    /// <exception cref="InvalidDataException">The value to overwrite it with is not an integer.</exception>
    public void Visit(string name, ref int number)
    {
        double exact = number;
        Visit(name, ref exact);
        number = (int)exact;
        if (number != exact)
            throw new InvalidDataException($"'{name}' of the saved state is {exact}, but a whole number is expected.");
    }

    /// <summary>Visits 64 bits, as two numbers that hold half of them each.</summary>
    public void Visit(string name, ref ulong bits)
    {
        double high = bits >> 32, low = (uint)bits;
        Visit($"{name}-high", ref high);
        Visit($"{name}-low", ref low);
        bits = ((ulong)(uint)high << 32) | (uint)low;
    }

    /// <summary>Visits a flag, as the number 1 (true) or 0 (false).</summary>
    public void Visit(string name, ref bool flag)
    {
        double exact = flag ? 1 : 0;
        Visit(name, ref exact);
        flag = exact != 0;
    }

    /// <summary>Visits the state of a part. Each name gets the part's name as a prefix: “optimizer.mean”.</summary>
    internal void Visit(string name, IStateful? part) => part?.Visit(new Within(name, this));

    private sealed class Within(string part, StateVisitor whole) : StateVisitor
    {
        public override void Visit(string name, Matrix numbers) => whole.Visit($"{part}.{name}", numbers);

        public override void Visit(string name, List<double> numbers) => whole.Visit($"{part}.{name}", numbers);

        public override void Visit(string name, List<string> strings) => whole.Visit($"{part}.{name}", strings);

        public override void Visit(string name, ref double number) => whole.Visit($"{part}.{name}", ref number);

        public override void Visit(string name, int[] integers) => whole.Visit($"{part}.{name}", integers);
    }
}
