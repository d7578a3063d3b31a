namespace Nabla.Kernels;

/// <summary>The windows of a pooling layer: squares of <c>Kernel</c> pixels that advance by <c>Stride</c>, over images with a border of <c>Padding</c>.</summary>
internal readonly record struct PoolSizes(int Height, int Width, int Kernel, int Stride, int Padding)
{
    private const int PixelsAtATime = 16384;

    /// <summary>How many rows of windows there are.</summary>
    public int OutputHeight => (Height + 2 * Padding - Kernel) / Stride + 1;

    /// <summary>How many windows there are in a row.</summary>
    public int OutputWidth => (Width + 2 * Padding - Kernel) / Stride + 1;

    /// <summary>Whether the windows are those that cut an image into squares of four pixels.</summary>
    public bool IsHalving => Kernel == 2 && Stride == 2 && Padding == 0;

    /// <summary>The numbers of a window's rows, or columns, that lie in the image, counted within the window.</summary>
    public (int From, int To) Inside(int place, int size)
    {
        var first = place * Stride - Padding;
        return (Math.Max(0, -first), Math.Min(Kernel, size - first));
    }

    /// <summary>Does something for every image of one channel, of a batch of so many pixels; a thread takes several small ones at a time.</summary>
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
