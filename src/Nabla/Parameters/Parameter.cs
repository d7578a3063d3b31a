using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>
/// Numbers that a layer learns, and their gradient. Both are views into the flat buffers of the network that the layer
/// belongs to: to the optimiser, all parameters are one long row of numbers.
/// </summary>
public sealed class Parameter
{
    private Matrix value, gradient;
    private bool attached;

    private Parameter(string name, int rows, int columns, int[] dimensions, bool isVector, bool decays)
    {
        if ((long)rows * columns > Array.MaxLength)
            throw new ArgumentOutOfRangeException(
                nameof(rows), $"The parameter '{name}' of {rows} × {columns} would have {(long)rows * columns} numbers; the most is {Array.MaxLength}.");
        Name = name;
        Rows = rows;
        Columns = columns;
        Dimensions = dimensions;
        IsVector = isVector;
        Decays = decays;
    }

    /// <summary>A parameter with rows and columns, such as the weights of a layer. It takes part in weight decay, unless told otherwise.</summary>
    public static Parameter Matrix(string name, int rows, int columns, bool decays = true) => new(name, rows, columns, [rows, columns], isVector: false, decays);

    /// <summary>A parameter of one row, such as a bias. Weight decay spares it.</summary>
    public static Parameter Vector(string name, int length) => new(name, 1, length, [length], isVector: true, decays: false);

    /// <summary>A parameter of several dimensions, such as the filters of a convolution: in files it has all of them, here one row for each of the first. It takes part in weight decay.</summary>
    public static Parameter Tensor(string name, int first, params ReadOnlySpan<int> others)
    {
        var columns = 1;
        foreach (var size in others)
            columns = checked(columns * size);
        return new(name, first, columns, [first, .. others], isVector: false, decays: true);
    }

    /// <summary>A parameter with one number for each of an example's: in files it has the shape of an example, here one row. Weight decay spares it.</summary>
    internal static Parameter ForEachNumber(string name, Shape shape) =>
        new(name, 1, shape.Size, shape.IsFlat ? [shape.Channels] : [shape.Channels, shape.Height, shape.Width], isVector: true, decays: false);

    /// <summary>Its name within the layer, “weight” or “bias”, as PyTorch has it.</summary>
    public string Name { get; }

    /// <summary>How many rows.</summary>
    public int Rows { get; }

    /// <summary>How many columns.</summary>
    public int Columns { get; }

    /// <summary>How many numbers.</summary>
    public int Count => Rows * Columns;

    /// <summary>Its shape in files, as PyTorch has it: [rows, columns], or [columns] for a vector.</summary>
    public IReadOnlyList<int> Dimensions { get; }

    /// <summary>Whether it is a row of numbers that mix nothing, such as a bias: one for each output, or each input.</summary>
    public bool IsVector { get; }

    /// <summary>Whether weight decay pulls it towards 0.</summary>
    public bool Decays { get; }

    /// <summary>The numbers themselves.</summary>
    public Matrix Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => attached ? value : throw NoNetwork();
    }

    /// <summary>∂C/∂value, of the same shape: how sensitive the cost is to each of them. Each backward pass overwrites it.</summary>
    public Matrix Gradient => attached ? gradient : throw NoNetwork();

    internal void Attach(Matrix values, Matrix gradients, int start)
    {
        value = values.Part(start, Rows, Columns);
        gradient = gradients.IsEmpty ? default : gradients.Part(start, Rows, Columns);
        attached = true;
    }

    private InvalidOperationException NoNetwork() =>
        new($"The parameter '{Name}' has no numbers yet: its layer belongs to no network. Put the layer into a Network first.");
}
