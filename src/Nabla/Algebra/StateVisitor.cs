namespace Nabla.Algebra;

/// <summary>Something that remembers, from step to step, what later steps depend on.</summary>
internal interface IStateful
{
    /// <summary>Shows everything that it remembers, each under a name of its own.</summary>
    public void Visit(StateVisitor state);
}

/// <summary>
/// Is shown what something remembers, to read it or to overwrite it. One list of names serves to save and to put back, so the two
/// cannot differ.
/// </summary>
internal abstract class StateVisitor
{
    /// <summary>A row of numbers for the network's parameters, in place.</summary>
    public abstract void Visit(string name, Matrix numbers);

    /// <summary>As many numbers as there are.</summary>
    public abstract void Visit(string name, List<double> numbers);

    /// <summary>One number.</summary>
    public abstract void Visit(string name, ref double number);

    /// <summary>One whole number.</summary>
    public void Visit(string name, ref int number)
    {
        double exact = number;
        Visit(name, ref exact);
        number = (int)exact;
    }

    /// <summary>Yes (1) or no (0).</summary>
    public void Visit(string name, ref bool yes)
    {
        double exact = yes ? 1 : 0;
        Visit(name, ref exact);
        yes = exact != 0;
    }
}
