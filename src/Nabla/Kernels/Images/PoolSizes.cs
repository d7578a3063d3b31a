namespace Nabla.Kernels;

/// <summary>
/// The windows of a pooling layer: squares of <c>Kernel</c> × <c>Kernel</c> pixels that advance by <c>Stride</c>, over
/// images with a border of <c>Padding</c>.
/// </summary>
internal readonly record struct PoolSizes(int Height, int Width, int Kernel, int Stride, int Padding)
{
    private const int PixelsAtATime = 16384;

    /// <summary>The number of rows of windows.</summary>
    public int OutputHeight => (Height + 2 * Padding - Kernel) / Stride + 1;

    /// <summary>The number of windows in a row.</summary>
    public int OutputWidth => (Width + 2 * Padding - Kernel) / Stride + 1;

    /// <summary>Whether the windows cut an image into squares of 2 × 2 pixels.</summary>
    public bool IsHalving => Kernel == 2 && Stride == 2 && Padding == 0;

    /// <summary>Where the first pixel of a window lies in its image; in the border, it may be outside.</summary>
    public nint Offset(int row, int column) =>
        (nint)(row * Stride - Padding) * Width + column * Stride - Padding;

    /// <summary>The range of a window's rows, or columns, that lie in the image, counted within the window.</summary>
    public (int From, int To) Inside(int position, int size)
    {
        var first = position * Stride - Padding;
        return (Math.Max(0, -first), Math.Min(Kernel, size - first));
    }

    /// <summary>
    /// Runs <paramref name="images"/> for every image of one channel in a batch of <paramref name="pixels"/> pixels. A
    /// thread takes several small images at a time.
    /// </summary>
    public void ForEachImage<TImages>(TImages images, int pixels) where TImages : struct, IParts
    {
        var parts = new EvenPartition(pixels / (Height * Width), Math.Max(1, PixelsAtATime / (Height * Width)));
        Workers.Run(new Groups<TImages>(images, parts), parts.Count);
    }

    private readonly struct Groups<TImages>(TImages images, EvenPartition parts) : IParts where TImages : struct, IParts
    {
        public void Run(int index)
        {
            for (var image = parts.Start(index); image < parts.Start(index + 1); image++)
                images.Run(image);
        }
    }
}
