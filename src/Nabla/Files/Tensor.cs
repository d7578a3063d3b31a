namespace Nabla;

/// <summary>Values with a name and a shape, as they stand in a file.</summary>
public sealed class Tensor
{
    /// <summary>Gives values a name and a shape; they are not copied.</summary>
    /// <param name="name">The name, unique in its file: “0.weight”.</param>
    /// <param name="shape">
    /// The size of each dimension: [outputs, inputs] for the weights of a dense layer; [] for a single value.
    /// </param>
    /// <param name="values">The values; the last dimension runs fastest, so a matrix stands row after row.</param>
    /// <exception cref="ArgumentException">
    /// A size is negative, or the shape does not match the number of values.
    /// </exception>
    public Tensor(string name, IReadOnlyList<int> shape, ReadOnlyMemory<float> values)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(shape);
        if (CountOf(shape) != values.Length)
            throw new ArgumentException(
                $"The shape {ShapeText(shape)} of the tensor '{name}' does not fit its {values.Length} " +
                "values.", nameof(shape));
        Name = name;
        Shape = [.. shape];
        Values = values;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The size of each dimension.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The values; the last dimension runs fastest.</summary>
    public ReadOnlyMemory<float> Values { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {ShapeText(Shape)}";

    /// <summary>The number of values of a shape; null if a size is negative or the product exceeds 64 bits.</summary>
    internal static long? CountOf(IReadOnlyList<int> shape)
    {
        var count = 1L;
        foreach (var size in shape)
        {
            if (size < 0 || Math.BigMul(count, (long)size, out var product) != 0 || product < 0)
                return null;
            count = product;
        }
        return count;
    }

    /// <summary>“[16, 784]”, for messages.</summary>
    internal static string ShapeText(IReadOnlyList<int> shape) =>
        $"[{string.Join(", ", shape.Take(8))}{(shape.Count > 8 ? ", …" : "")}]";

    /// <summary>The first value that is NaN or infinite, as “0.weight[3, 5] is NaN”; null if all are finite.</summary>
    internal string? FirstNotFinite()
    {
        var values = Values.Span;
        for (var i = 0; i < values.Length; i++)
            if (!float.IsFinite(values[i]))
                return $"{Name}[{string.Join(", ", IndexOf(i))}] is {(float.IsNaN(values[i]) ? "NaN" : "infinite")}";
        return null;
    }

    private int[] IndexOf(int position)
    {
        var index = new int[Shape.Count];
        for (var d = index.Length - 1; d >= 0; d--)
            (position, index[d]) = Math.DivRem(position, Shape[d]);
        return index;
    }
}
