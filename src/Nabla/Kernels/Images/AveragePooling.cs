namespace Nabla.Kernels;

/// <summary>The mean of each window, zeros of the border included; one image of one channel after the other.</summary>
internal static unsafe class AveragePooling
{
    /// <summary>y: the sum of each window of x, row by row, divided by its area.</summary>
    public static void Forward(ReadOnlySpan<float> x, Span<float> y, PoolSizes sizes)
    {
        fixed (float* px = x, py = y)
            sizes.ForEachImage(new ForwardParts(px, py, sizes), x.Length);
    }

    /// <summary>dX: each dY goes to all pixels of its window in equal shares.</summary>
    public static void Backward(ReadOnlySpan<float> dY, Span<float> dX, PoolSizes sizes)
    {
        fixed (float* pdY = dY, pdX = dX)
            sizes.ForEachImage(new BackwardParts(pdY, pdX, sizes), dX.Length);
    }

    private readonly struct ForwardParts(float* x, float* y, PoolSizes sizes) : IParts
    {
        public void Run(int index)
        {
            var image = x + (nint)index * sizes.Height * sizes.Width;
            var to = y + (nint)index * sizes.OutputHeight * sizes.OutputWidth;
            for (var row = 0; row < sizes.OutputHeight; row++)
                for (var column = 0; column < sizes.OutputWidth; column++)
                {
                    var (top, bottom) = sizes.Inside(row, sizes.Height);
                    var (left, right) = sizes.Inside(column, sizes.Width);
                    var first = image + sizes.Offset(row, column);
                    var sum = 0f;
                    for (var i = top; i < bottom; i++)
                        for (var j = left; j < right; j++)
                            sum += first[(nint)i * sizes.Width + j];
                    *to++ = sum / (sizes.Kernel * sizes.Kernel);
                }
        }
    }

    private readonly struct BackwardParts(float* dY, float* dX, PoolSizes sizes) : IParts
    {
        public void Run(int index)
        {
            var from = dY + (nint)index * sizes.OutputHeight * sizes.OutputWidth;
            var image = dX + (nint)index * sizes.Height * sizes.Width;
            new Span<float>(image, sizes.Height * sizes.Width).Clear();
            for (var row = 0; row < sizes.OutputHeight; row++)
                for (var column = 0; column < sizes.OutputWidth; column++)
                {
                    var (top, bottom) = sizes.Inside(row, sizes.Height);
                    var (left, right) = sizes.Inside(column, sizes.Width);
                    var first = image + sizes.Offset(row, column);
                    var share = *from++ / (sizes.Kernel * sizes.Kernel);
                    for (var i = top; i < bottom; i++)
                        for (var j = left; j < right; j++)
                            first[(nint)i * sizes.Width + j] += share;
                }
        }
    }
}
