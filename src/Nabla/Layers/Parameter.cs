using Nabla.Algebra;

namespace Nabla.Layers;

/// <summary>
/// Numbers that a layer learns, and their gradient. Both are views into the flat buffers of the network that the layer
/// belongs to: to the optimiser, all parameters are one long row of numbers.
/// </summary>
public sealed class Parameter
{
    private Matrix value, gradient;
    private bool attached;

    private Parameter(string name, int rows, int columns, bool isVector, bool decays)
    {
        if ((long)rows * columns > Array.MaxLength)
            throw new ArgumentOutOfRangeException(
                nameof(rows), $"The parameter '{name}' of {rows} × {columns} would have {(long)rows * columns} numbers; the most is {Array.MaxLength}.");
        Name = name;
        Rows = rows;
        Columns = columns;
        IsVector = isVector;
        Decays = decays;
    }

    /// <summary>A parameter with rows and columns, such as the weights of a layer. It takes part in weight decay, unless told otherwise.</summary>
    public static Parameter Matrix(string name, int rows, int columns, bool decays = true) => new(name, rows, columns, isVector: false, decays);

    /// <summary>A parameter of one row, such as a bias. Weight decay spares it.</summary>
    public static Parameter Vector(string name, int length) => new(name, 1, length, isVector: true, decays: false);

    /// <summary>Its name within the layer, “weight” or “bias”, as PyTorch has it.</summary>
    public string Name { get; }

    /// <summary>How many rows.</summary>
    public int Rows { get; }

    /// <summary>How many columns.</summary>
    public int Columns { get; }

    /// <summary>How many numbers.</summary>
    public int Count => Rows * Columns;

    /// <summary>Whether it has one dimension only (in files, its shape is [columns]).</summary>
    public bool IsVector { get; }

    /// <summary>Whether weight decay pulls it towards 0.</summary>
    public bool Decays { get; }

    /// <summary>The numbers themselves.</summary>
    public Matrix Value => attached ? value : throw NoNetwork();

    /// <summary>∂C/∂value, of the same shape: how sensitive the cost is to each of them. Each backward pass overwrites it.</summary>
    public Matrix Gradient => attached ? gradient : throw NoNetwork();

    internal bool IsAttached => attached;

    internal void Attach(Matrix values, Matrix gradients, int start)
    {
        value = values.Part(start, Rows, Columns);
        gradient = gradients.Part(start, Rows, Columns);
        attached = true;
    }

    private InvalidOperationException NoNetwork() =>
        new($"The parameter '{Name}' has no numbers yet: its layer belongs to no network. Put the layer into a Network first.");
}
