namespace Nabla;

/// <summary>Something that remembers, from step to step, what later steps depend on.</summary>
public interface IStateful
{
    /// <summary>Shows everything that it remembers, each under a name of its own.</summary>
    void Visit(StateVisitor state);
}

/// <summary>
/// Is shown what something remembers, to read it or to overwrite it. One list of names serves to save and to put back, so the two
/// cannot differ.
/// </summary>
public abstract class StateVisitor
{
    private protected StateVisitor()
    {
    }

    /// <summary>A row of numbers for the network's parameters, in place.</summary>
    public abstract void Visit(string name, Matrix numbers);

    /// <summary>As many numbers as there are.</summary>
    public abstract void Visit(string name, List<double> numbers);

    /// <summary>As many texts as there are.</summary>
    public abstract void Visit(string name, List<string> texts);

    /// <summary>One number.</summary>
    public abstract void Visit(string name, ref double number);

    /// <summary>Whole numbers, from 0 on, in place.</summary>
    public abstract void Visit(string name, int[] numbers);

    /// <summary>One whole number.</summary>
    /// <exception cref="InvalidDataException">What it is to be overwritten with is none.</exception>
    public void Visit(string name, ref int number)
    {
        double exact = number;
        Visit(name, ref exact);
        number = (int)exact;
        if (number != exact)
            throw new InvalidDataException($"'{name}' of the saved state is {exact}, but a whole number is expected.");
    }

    /// <summary>64 bits, as two numbers that each hold half of them.</summary>
    public void Visit(string name, ref ulong bits)
    {
        double high = bits >> 32, low = (uint)bits;
        Visit($"{name}-high", ref high);
        Visit($"{name}-low", ref low);
        bits = ((ulong)(uint)high << 32) | (uint)low;
    }

    /// <summary>Yes (1) or no (0).</summary>
    public void Visit(string name, ref bool yes)
    {
        double exact = yes ? 1 : 0;
        Visit(name, ref exact);
        yes = exact != 0;
    }

    /// <summary>All that a part remembers, each name with that of the part before it: “optimizer.mean”.</summary>
    public void Visit(string name, IStateful? part) => part?.Visit(new Within(name, this));

    private sealed class Within(string part, StateVisitor whole) : StateVisitor
    {
        public override void Visit(string name, Matrix numbers) => whole.Visit($"{part}.{name}", numbers);

        public override void Visit(string name, List<double> numbers) => whole.Visit($"{part}.{name}", numbers);

        public override void Visit(string name, List<string> texts) => whole.Visit($"{part}.{name}", texts);

        public override void Visit(string name, ref double number) => whole.Visit($"{part}.{name}", ref number);

        public override void Visit(string name, int[] numbers) => whole.Visit($"{part}.{name}", numbers);
    }
}
