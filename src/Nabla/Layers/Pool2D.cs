namespace Nabla;

/// <summary>
/// Pooling: a window moves over each channel, and each window becomes one value. H′ = ⌊(H + 2p − k) / s⌋ + 1, and W′
/// likewise. A remainder at the right or at the bottom that is too small for a window is left out, as in PyTorch.
/// </summary>
public abstract class Pool2D : Layer
{
    internal const int MostKernel = 4096;               // then the index of a pixel in a window is an exact float32

    private readonly int kernel, stride, padding;

    /// <summary>A pooling with windows of these sizes.</summary>
    /// <param name="kernel">k, the height and width of the window in pixels.</param>
    /// <param name="stride">s, how many pixels the window advances; if null, its width.</param>
    /// <param name="padding">p, the pixels of padding around the image on each side; at most half the window.</param>
    private protected Pool2D(int kernel, int? stride, int padding)
    {
        this.kernel = kernel is > 0 and <= MostKernel
            ? kernel
            : throw Wrong(nameof(kernel), kernel, $"from 1 to {MostKernel}");
        this.stride = stride is null or > 0
            ? stride ?? kernel
            : throw Wrong(nameof(stride), stride, "at least 1");
        this.padding = padding >= 0 && padding <= kernel / 2
            ? padding
            : throw Wrong(nameof(padding), padding, $"from 0 to half the window, {kernel / 2}");
    }

    /// <inheritdoc/>
    public sealed override string Description =>
        Kind + $" {kernel}{(stride == kernel ? "" : $" stride {stride}")}{(padding == 0 ? "" : $" padding {padding}")}";

    /// <summary>The layer's name in a list of layers.</summary>
    private protected abstract string Kind { get; }

    /// <summary>The operation for the input images.</summary>
    private protected Pooling2D Pooling => PoolingOf(InputShape);

    /// <inheritdoc/>
    protected sealed override Shape Build(Shape input)
    {
        var least = kernel - 2 * padding;
        if (least > Math.Min(input.Height, input.Width))
            throw new ShapeException(
                $"images of at least {least} × {least} pixels" +
                $"{(input.IsFlat ? " (say what shape they have: new Shape(1, 28, 28))" : "")}");
        if (Math.Max(input.Height, input.Width) + 2L * padding > Array.MaxLength)
            throw new ShapeException($"images that are, with a padding of {padding}, small enough for memory");
        return PoolingOf(input).Output;
    }

    private Pooling2D PoolingOf(Shape input) => new(input, kernel, stride, padding);

    private static ArgumentOutOfRangeException Wrong(string what, int? value, string expected) =>
        new(what, value, $"The {what} of a pooling layer must be {expected}, not {value}.");
}
