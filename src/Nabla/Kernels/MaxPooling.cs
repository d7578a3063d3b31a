using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>The windows of a pooling layer: squares of <c>Kernel</c> pixels that advance by <c>Stride</c>, over images with a border of <c>Padding</c>.</summary>
internal readonly record struct PoolSizes(int Height, int Width, int Kernel, int Stride, int Padding)
{
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
}

/// <summary>The largest pixel of each window, and which it was; one image of one channel after the other.</summary>
/// <remarks>
/// Of equal pixels the first is taken, row by row. NaN counts as larger than anything, and of several the last is taken: as PyTorch does. The border
/// is never taken. A winner is the number of a pixel in its window, row by row.
/// </remarks>
internal static unsafe class MaxPooling
{
    private const int ForEachPart = 16384;              // pixels that a thread takes at a time

    /// <summary>y, the largest of each window of x; and winners, unless that is empty.</summary>
    public static void Forward(ReadOnlySpan<float> x, Span<float> y, Span<float> winners, PoolSizes sizes)
    {
        fixed (float* px = x, py = y, pWinners = winners)
            Run(new ForwardParts(px, py, pWinners, sizes), x.Length / (sizes.Height * sizes.Width), sizes);
    }

    /// <summary>dX: each dY goes to the pixel that was the largest of its window.</summary>
    public static void Backward(ReadOnlySpan<float> dY, ReadOnlySpan<float> winners, Span<float> dX, PoolSizes sizes)
    {
        fixed (float* pdY = dY, pWinners = winners, pdX = dX)
            Run(new BackwardParts(pdY, pWinners, pdX, sizes), dX.Length / (sizes.Height * sizes.Width), sizes);
    }

    private static void Run<TPlanes>(TPlanes planes, int count, PoolSizes sizes) where TPlanes : struct, IParts
    {
        var parts = new EvenParts(count, Math.Max(1, ForEachPart / (sizes.Height * sizes.Width)));
        Workers.Run(new Groups<TPlanes>(planes, parts), parts.Count);
    }

    private readonly struct Groups<TPlanes>(TPlanes planes, EvenParts parts) : IParts where TPlanes : struct, IParts
    {
        public void Run(int index)
        {
            for (var plane = parts.Start(index); plane < parts.Start(index + 1); plane++)
                planes.Run(plane);
        }
    }

    private readonly struct ForwardParts(float* x, float* y, float* winners, PoolSizes sizes) : IParts
    {
        public void Run(int index)
        {
            var output = (nint)index * sizes.OutputHeight * sizes.OutputWidth;
            float* from = x + (nint)index * sizes.Height * sizes.Width, to = y + output, which = winners == null ? null : winners + output;
            if (!sizes.IsHalving)
            {
                Largest(from, to, which, sizes);
                return;
            }
            switch (Processor.Current)
            {
                case InstructionSet.Avx512: LargestOfFour<Lanes512>(from, to, which, sizes); break;
                case InstructionSet.Avx2: LargestOfFour<Lanes256>(from, to, which, sizes); break;
                default: LargestOfFour<Lanes128>(from, to, which, sizes); break;
            }
        }
    }

    private readonly struct BackwardParts(float* dY, float* winners, float* dX, PoolSizes sizes) : IParts
    {
        public void Run(int index)
        {
            var output = (nint)index * sizes.OutputHeight * sizes.OutputWidth;
            var to = dX + (nint)index * sizes.Height * sizes.Width;
            if (!sizes.IsHalving || sizes.Height % 2 != 0 || sizes.Width % 2 != 0)
                new Span<float>(to, sizes.Height * sizes.Width).Clear();
            if (!sizes.IsHalving)
            {
                Return(dY + output, winners + output, to, sizes);
                return;
            }
            switch (Processor.Current)
            {
                case InstructionSet.Avx512: ReturnToFour<Lanes512>(dY + output, winners + output, to, sizes); break;
                case InstructionSet.Avx2: ReturnToFour<Lanes256>(dY + output, winners + output, to, sizes); break;
                default: ReturnToFour<Lanes128>(dY + output, winners + output, to, sizes); break;
            }
        }
    }

    private static void Largest(float* x, float* y, float* winners, PoolSizes sizes)
    {
        for (var row = 0; row < sizes.OutputHeight; row++)
            for (var column = 0; column < sizes.OutputWidth; column++)
            {
                var (top, bottom) = sizes.Inside(row, sizes.Height);
                var (left, right) = sizes.Inside(column, sizes.Width);
                var first = x + (nint)(row * sizes.Stride - sizes.Padding) * sizes.Width + column * sizes.Stride - sizes.Padding;
                var winner = top * sizes.Kernel + left;
                var largest = first[(nint)top * sizes.Width + left];
                for (var i = top; i < bottom; i++)
                    for (var j = left; j < right; j++)
                        if (first[(nint)i * sizes.Width + j] is var pixel && (pixel > largest || float.IsNaN(pixel)))
                            (largest, winner) = (pixel, i * sizes.Kernel + j);
                *y++ = largest;
                if (winners != null)
                    *winners++ = winner;
            }
    }

    private static void Return(float* dY, float* winners, float* dX, PoolSizes sizes)
    {
        for (var row = 0; row < sizes.OutputHeight; row++)
            for (var column = 0; column < sizes.OutputWidth; column++)
            {
                var (i, j) = Math.DivRem((int)*winners++, sizes.Kernel);
                dX[(nint)(row * sizes.Stride - sizes.Padding + i) * sizes.Width + column * sizes.Stride - sizes.Padding + j] += *dY++;
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LargestOfFour<V>(float* x, float* y, float* winners, PoolSizes sizes) where V : struct, ILanes<V>
    {
        int width = sizes.OutputWidth, rows = sizes.OutputHeight;
        for (var row = 0; row < rows; row++, x += 2 * (nint)sizes.Width)
            for (var done = 0; done < width; done += ILanes<V>.Count)
            {
                var count = Math.Min(ILanes<V>.Count, width - done);
                Pair<V> upper = Load<V>(x + 2 * done, count), lower = Load<V>(x + sizes.Width + 2 * done, count);
                V largest = V.Evens(upper.Left, upper.Right), winner = V.Of(0);
                Meet(V.Odds(upper.Left, upper.Right), 1, ref largest, ref winner);
                Meet(V.Evens(lower.Left, lower.Right), 2, ref largest, ref winner);
                Meet(V.Odds(lower.Left, lower.Right), 3, ref largest, ref winner);
                Store(largest, y, count);
                y += count;
                if (winners != null)
                {
                    Store(winner, winners, count);
                    winners += count;
                }
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ReturnToFour<V>(float* dY, float* winners, float* dX, PoolSizes sizes) where V : struct, ILanes<V>
    {
        int width = sizes.OutputWidth, rows = sizes.OutputHeight;
        for (var row = 0; row < rows; row++, dX += 2 * (nint)sizes.Width)
            for (var done = 0; done < width; done += ILanes<V>.Count)
            {
                var count = Math.Min(ILanes<V>.Count, width - done);
                V derivative, winner, none = V.Of(0);
                if (count == ILanes<V>.Count)
                    (derivative, winner) = (V.Load(dY), V.Load(winners));
                else
                    (derivative, winner) = (V.Load(dY, V.First(count)), V.Load(winners, V.First(count)));
                dY += count;
                winners += count;
                V upper = V.WhereLess(winner, V.Of(1.5f), derivative, none), lower = V.WhereLess(V.Of(1.5f), winner, derivative, none);
                V first = V.WhereLess(winner, V.Of(0.5f), upper, none), second = V.WhereLess(V.Of(0.5f), winner, upper, none);
                V third = V.WhereLess(winner, V.Of(2.5f), lower, none), fourth = V.WhereLess(V.Of(2.5f), winner, lower, none);
                Store(new Pair<V>(V.InTurnLow(first, second), V.InTurnHigh(first, second)), dX + 2 * done, count);
                Store(new Pair<V>(V.InTurnLow(third, fourth), V.InTurnHigh(third, fourth)), dX + sizes.Width + 2 * done, count);
            }
    }

    /// <summary>The larger of two, lane by lane, and its number; the one that was there before if they are equal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Meet<V>(V pixel, float number, ref V largest, ref V winner) where V : struct, ILanes<V>
    {
        winner = V.WhereNaN(pixel, V.Of(number), V.WhereLess(largest, pixel, V.Of(number), winner));
        largest = V.WhereNaN(pixel, pixel, V.WhereLess(largest, pixel, pixel, largest));
    }

    /// <summary>Thirty-two numbers.</summary>
    private readonly struct Pair<V>(V left, V right) where V : struct, ILanes<V>
    {
        public readonly V Left = left, Right = right;
    }

    /// <summary>Twice as many numbers as <paramref name="count"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Pair<V> Load<V>(float* from, int count) where V : struct, ILanes<V> => count == ILanes<V>.Count
        ? new(V.Load(from), V.Load(from + ILanes<V>.Count))
        : new(V.Load(from, V.First(Math.Min(2 * count, ILanes<V>.Count))), V.Load(from + ILanes<V>.Count, V.First(Math.Max(0, 2 * count - ILanes<V>.Count))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<V>(Pair<V> pair, float* to, int count) where V : struct, ILanes<V>
    {
        Store(pair.Left, to, Math.Min(2 * count, ILanes<V>.Count));
        Store(pair.Right, to + ILanes<V>.Count, Math.Max(0, 2 * count - ILanes<V>.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<V>(V a, float* to, int count) where V : struct, ILanes<V>
    {
        if (count == ILanes<V>.Count)
            V.Store(a, to);
        else
            V.Store(a, to, V.First(count));
    }
}
