using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>The largest pixel of each window, and its index; one image of one channel after the other.</summary>
/// <remarks>
/// Of equal pixels the first is taken, row by row. NaN counts as larger than anything, and of several NaN the last is
/// taken, as in PyTorch. The border is never taken. A winner is the index of a pixel in its window, row by row.
/// </remarks>
internal static unsafe class MaxPooling
{
    /// <summary>y: the largest pixel of each window of x. Sets winners too, unless that is empty.</summary>
    public static void Forward(ReadOnlySpan<float> x, Span<float> y, Span<float> winners, PoolSizes sizes)
    {
        fixed (float* px = x, py = y, pWinners = winners)
            sizes.ForEachImage(new ForwardParts(px, py, pWinners, sizes), x.Length);
    }

    /// <summary>dX: each dY goes to the pixel that was the largest of its window.</summary>
    public static void Backward(ReadOnlySpan<float> dY, ReadOnlySpan<float> winners, Span<float> dX, PoolSizes sizes)
    {
        fixed (float* pdY = dY, pWinners = winners, pdX = dX)
            sizes.ForEachImage(new BackwardParts(pdY, pWinners, pdX, sizes), dX.Length);
    }

    private readonly struct ForwardParts(float* x, float* y, float* winners, PoolSizes sizes) : IParts
    {
        public void Run(int index)
        {
            var output = (nint)index * sizes.OutputHeight * sizes.OutputWidth;
            float* from = x + (nint)index * sizes.Height * sizes.Width, to = y + output;
            var which = winners == null ? null : winners + output;
            if (!sizes.IsHalving)
            {
                Largest(from, to, which, sizes);
                return;
            }
            Dispatch.Run(new Halving(from, to, which, sizes));
        }
    }

    private readonly struct Halving(float* x, float* y, float* winners, PoolSizes sizes) : IForLanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IForLanes.Run<V>() => LargestOfFour<V>(x, y, winners, sizes);
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
            Dispatch.Run(new Doubling(dY + output, winners + output, to, sizes));
        }
    }

    private readonly struct Doubling(float* dY, float* winners, float* dX, PoolSizes sizes) : IForLanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IForLanes.Run<V>() => ReturnToFour<V>(dY, winners, dX, sizes);
    }

    private static void Largest(float* x, float* y, float* winners, PoolSizes sizes)
    {
        for (var row = 0; row < sizes.OutputHeight; row++)
            for (var column = 0; column < sizes.OutputWidth; column++)
            {
                var (top, bottom) = sizes.Inside(row, sizes.Height);
                var (left, right) = sizes.Inside(column, sizes.Width);
                var first = x + sizes.Offset(row, column);
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
                dX[sizes.Offset(row, column) + (nint)i * sizes.Width + j] += *dY++;
            }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void LargestOfFour<V>(float* x, float* y, float* winners, PoolSizes sizes)
        where V : struct, IVectorLanes<V>
    {
        nint width = sizes.OutputWidth, pitch = sizes.Width, rest = width % IVectorLanes<V>.Count;
        var masks = new Masks<V>((int)rest);
        for (var row = 0; row < sizes.OutputHeight; row++, x += 2 * pitch, y += width)
        {
            nint done = 0;
            for (; done < width - rest; done += IVectorLanes<V>.Count)
            {
                float* upper = x + 2 * done, lower = upper + pitch;
                var four = new Four<V>(
                    V.Load(upper), V.Load(upper + IVectorLanes<V>.Count),
                    V.Load(lower), V.Load(lower + IVectorLanes<V>.Count));
                V.Store(four.Largest, y + done);
                if (winners != null)
                    V.Store(four.Winner, winners + done);
            }
            if (rest > 0)
            {
                float* upper = x + 2 * done, lower = upper + pitch;
                var four = new Four<V>(
                    V.Load(upper, masks.Left), V.Load(upper + IVectorLanes<V>.Count, masks.Right),
                    V.Load(lower, masks.Left), V.Load(lower + IVectorLanes<V>.Count, masks.Right));
                V.Store(four.Largest, y + done, masks.Rest);
                if (winners != null)
                    V.Store(four.Winner, winners + done, masks.Rest);
            }
            if (winners != null)
                winners += width;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void ReturnToFour<V>(float* dY, float* winners, float* dX, PoolSizes sizes)
        where V : struct, IVectorLanes<V>
    {
        nint width = sizes.OutputWidth, pitch = sizes.Width, rest = width % IVectorLanes<V>.Count;
        var masks = new Masks<V>((int)rest);
        for (var row = 0; row < sizes.OutputHeight; row++, dX += 2 * pitch, dY += width, winners += width)
        {
            nint done = 0;
            for (; done < width - rest; done += IVectorLanes<V>.Count)
            {
                float* upper = dX + 2 * done, lower = upper + pitch;
                var shares = new Shares<V>(V.Load(dY + done), V.Load(winners + done));
                V.Store(V.InterleaveLow(shares.First, shares.Second), upper);
                V.Store(V.InterleaveHigh(shares.First, shares.Second), upper + IVectorLanes<V>.Count);
                V.Store(V.InterleaveLow(shares.Third, shares.Fourth), lower);
                V.Store(V.InterleaveHigh(shares.Third, shares.Fourth), lower + IVectorLanes<V>.Count);
            }
            if (rest > 0)
            {
                float* upper = dX + 2 * done, lower = upper + pitch;
                var shares = new Shares<V>(V.Load(dY + done, masks.Rest), V.Load(winners + done, masks.Rest));
                V.Store(V.InterleaveLow(shares.First, shares.Second), upper, masks.Left);
                V.Store(V.InterleaveHigh(shares.First, shares.Second), upper + IVectorLanes<V>.Count, masks.Right);
                V.Store(V.InterleaveLow(shares.Third, shares.Fourth), lower, masks.Left);
                V.Store(V.InterleaveHigh(shares.Third, shares.Fourth), lower + IVectorLanes<V>.Count, masks.Right);
            }
        }
    }

    /// <summary>
    /// The largest pixel of each of sixteen squares, and its index; their upper and lower pixels are 32 values each.
    /// </summary>
    private readonly struct Four<V> where V : struct, IVectorLanes<V>
    {
        public readonly V Largest, Winner;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Four(V upperLeft, V upperRight, V lowerLeft, V lowerRight)
        {
            V first = V.DeinterleaveEven(upperLeft, upperRight), second = V.DeinterleaveOdd(upperLeft, upperRight);
            V third = V.DeinterleaveEven(lowerLeft, lowerRight), fourth = V.DeinterleaveOdd(lowerLeft, lowerRight);
            V largest = first, winner = V.Of(0);
            winner = V.WhereNaN(second, V.Of(1), V.WhereLess(largest, second, V.Of(1), winner));
            largest = V.WhereNaN(second, second, V.WhereLess(largest, second, second, largest));
            winner = V.WhereNaN(third, V.Of(2), V.WhereLess(largest, third, V.Of(2), winner));
            largest = V.WhereNaN(third, third, V.WhereLess(largest, third, third, largest));
            Winner = V.WhereNaN(fourth, V.Of(3), V.WhereLess(largest, fourth, V.Of(3), winner));
            Largest = V.WhereNaN(fourth, fourth, V.WhereLess(largest, fourth, fourth, largest));
        }
    }

    /// <summary>What each pixel of sixteen squares receives of their derivatives: all, or nothing.</summary>
    private readonly struct Shares<V> where V : struct, IVectorLanes<V>
    {
        public readonly V First, Second, Third, Fourth;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Shares(V derivative, V winner)
        {
            var none = V.Of(0);
            V upper = V.WhereLess(winner, V.Of(1.5f), derivative, none);
            V lower = V.WhereLess(V.Of(1.5f), winner, derivative, none);
            First = V.WhereLess(winner, V.Of(0.5f), upper, none);
            Second = V.WhereLess(V.Of(0.5f), winner, upper, none);
            Third = V.WhereLess(winner, V.Of(2.5f), lower, none);
            Fourth = V.WhereLess(V.Of(2.5f), winner, lower, none);
        }
    }

    /// <summary>The masks of the last <paramref name="count"/> squares of a row, and of their pixels.</summary>
    private readonly struct Masks<V>(int count) where V : struct, IVectorLanes<V>
    {
        public readonly V Rest = V.FirstN(count);
        public readonly V Left = V.FirstN(Math.Min(2 * count, IVectorLanes<V>.Count));
        public readonly V Right = V.FirstN(Math.Max(0, 2 * count - IVectorLanes<V>.Count));
    }
}
