using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>
/// Values that a layer learns, and their gradient. Both are views into the flat buffers of the network that the layer
/// belongs to: to the optimiser, all parameters are one long row of numbers.
/// </summary>
public sealed class Parameter
{
    private Matrix value, gradient;
    private bool attached;

    private Parameter(string name, int rows, int columns, int[] dimensions, bool isVector, bool decays)
    {
        var size = (long)rows * columns;
        if (size > Array.MaxLength)
            throw new ArgumentOutOfRangeException(
                nameof(rows),
                $"The parameter '{name}' of {rows} × {columns} would have {size} numbers; "
                + $"the most is {Array.MaxLength}.");
        Name = name;
        Rows = rows;
        Columns = columns;
        Dimensions = dimensions;
        IsVector = isVector;
        Decays = decays;
    }

    /// <summary>Creates a parameter with rows and columns, such as the weights of a layer.
    /// Weight decay applies to it by default.</summary>
    public static Parameter Matrix(string name, int rows, int columns, bool decays = true) =>
        new(name, rows, columns, [rows, columns], isVector: false, decays);

    /// <summary>Creates a parameter of one row, such as a bias. Weight decay does not apply to it.</summary>
    public static Parameter Vector(string name, int length) =>
        new(name, 1, length, [length], isVector: true, decays: false);

    /// <summary>
    /// Creates a parameter of several dimensions, such as the filters of a convolution. In files it has all of them;
    /// here it has one row for each index of the first dimension. Weight decay applies to it.
    /// </summary>
    public static Parameter Tensor(string name, int first, params ReadOnlySpan<int> others)
    {
        var columns = 1;
        foreach (var size in others)
            columns = checked(columns * size);
        return new(name, first, columns, [first, .. others], isVector: false, decays: true);
    }

    /// <summary>
    /// Creates a parameter with one value for each value of an example. In files it has the shape of an example; here
    /// it is one row. Weight decay does not apply to it.
    /// </summary>
    internal static Parameter ForEachNumber(string name, Shape shape)
    {
        int[] dimensions = shape.IsFlat ? [shape.Channels] : [shape.Channels, shape.Height, shape.Width];
        return new(name, 1, shape.Size, dimensions, isVector: true, decays: false);
    }

    /// <summary>The parameter's name within the layer, “weight” or “bias”, as in PyTorch.</summary>
    public string Name { get; }

    /// <summary>The number of rows.</summary>
    public int Rows { get; }

    /// <summary>The number of columns.</summary>
    public int Columns { get; }

    /// <summary>The number of values.</summary>
    public int Count => Rows * Columns;

    /// <summary>The parameter's shape in files, as in PyTorch: [rows, columns], or [columns] for a vector.</summary>
    public IReadOnlyList<int> Dimensions { get; }

    /// <summary>Whether it is one row of values, one for each output or each input, that does not mix inputs:
    /// a bias, for example.</summary>
    public bool IsVector { get; }

    /// <summary>Whether weight decay pulls it towards 0.</summary>
    public bool Decays { get; }

    /// <summary>The learned values, of shape (Rows, Columns).</summary>
    public Matrix Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => attached ? value : throw NoNetwork();
    }

    /// <summary>∂C/∂value, of the same shape: how sensitive the cost is to each value.
    /// Each backward pass overwrites it.</summary>
    public Matrix Gradient => attached ? gradient : throw NoNetwork();

    internal void Attach(Matrix values, Matrix gradients, int start)
    {
        value = values.Part(start, Rows, Columns);
        gradient = gradients.IsEmpty ? default : gradients.Part(start, Rows, Columns);
        attached = true;
    }

    private InvalidOperationException NoNetwork() => new(
        $"The parameter '{Name}' has no values yet: its layer does not belong to a network. "
        + "Put the layer into a Network first.");
}
