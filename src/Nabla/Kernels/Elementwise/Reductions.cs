using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Formulas;

namespace Nabla.Kernels;

/// <summary>Sums and maxima over many values, in a fixed order.</summary>
internal static unsafe class Reductions
{
    private const int PartSize = 1 << 16;               // values that one thread takes at a time
    private const int MostParts = 1 << 15;              // as many as fit on the stack

    /// <summary>sums[j] = Σᵢ x[i, j], each one chain of additions from the first row to the last.</summary>
    public static void SumColumns(ReadOnlySpan<float> x, Span<float> sums, int rows)
    {
        fixed (float* px = x, ps = sums)
        {
            Dispatch.Run(new ColumnSums(px, ps, rows, sums.Length));
        }
    }

    private readonly struct ColumnSums(float* x, float* sums, int rows, int columns) : IForLanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IForLanes.Run<V>() => SumColumns<V>(x, sums, rows, columns);
    }

    /// <summary>
    /// sums[c] = Σ over examples and pixels of x[example, c, pixel], where an example's channels lie one after the
    /// other. Sixteen chains of additions, one per lane, run through the channel in one example after the other, and
    /// are folded at the end.
    /// </summary>
    public static void SumChannels(ReadOnlySpan<float> x, Span<float> sums, int pixels)
    {
        fixed (float* px = x, ps = sums)
        {
            var parts = new ChannelParts(px, ps, x.Length / Math.Max(1, sums.Length * pixels), sums.Length, pixels);
            if (x.Length > PartSize)
                Workers.Run(parts, sums.Length);
            else
                for (var channel = 0; channel < sums.Length; channel++)
                    parts.Run(channel);
        }
    }

    /// <summary>
    /// max |x|; NaN if a value is infinite or NaN. Threads may share the work, because a maximum does not depend on the
    /// order.
    /// </summary>
    public static float LargestMagnitude(ReadOnlySpan<float> x)
    {
        var parts = (x.Length - 1) / PartSize + 1;
        if (parts <= 1 || parts > MostParts)
            return LargestMagnitudeOfPart(x);
        var found = stackalloc float[parts];
        fixed (float* px = x)
            Workers.Run(new MagnitudeParts(px, x.Length, found), parts);
        return LargestMagnitudeOfPart(new(found, parts));
    }

    private readonly struct MagnitudeParts(float* x, int length, float* found) : IParts
    {
        public void Run(int index)
        {
            var start = index * PartSize;
            found[index] = LargestMagnitudeOfPart(new(x + start, Math.Min(PartSize, length - start)));
        }
    }

    private static float LargestMagnitudeOfPart(ReadOnlySpan<float> x)
    {
        fixed (float* px = x)
        {
            return Dispatch.Run<Magnitude, float>(new(px, x.Length));
        }
    }

    private readonly struct Magnitude(float* x, int length) : IForLanes<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        float IForLanes<float>.Run<V>() => LargestMagnitude<V>(x, length);
    }

    /// <summary>
    /// Σ xᵢ², in double precision: parts of a fixed size, each in sixteen chains of additions, added up in order
    /// whatever the number of threads.
    /// </summary>
    public static double SumOfSquares(ReadOnlySpan<float> x)
    {
        var parts = Math.Max(1, (x.Length - 1) / PartSize + 1);
        Span<double> found = parts <= 256 ? stackalloc double[parts] : new double[parts];
        fixed (float* px = x)
        fixed (double* pf = found)
        {
            if (parts == 1)
                return SumOfSquaresOfPart(px, x.Length);
            Workers.Run(new SquareParts(px, x.Length, pf), parts);
        }
        var sum = 0.0;
        foreach (var part in found)
            sum += part;
        return sum;
    }

    private readonly struct SquareParts(float* x, int length, double* found) : IParts
    {
        public void Run(int index)
        {
            var start = index * PartSize;
            found[index] = SumOfSquaresOfPart(x + start, Math.Min(PartSize, length - start));
        }
    }

    /// <summary>
    /// The square of a float32 is exact in double precision, so a fused multiply-add would give the same.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static double SumOfSquaresOfPart(float* x, int length)
    {
        Vector256<double> a = default, b = default, c = default, d = default;
        var i = 0;
        for (; i <= length - 16; i += 16)
        {
            var (low, high) = Vector256.Widen(Vector256.Load(x + i));
            a += low * low;
            b += high * high;
            (low, high) = Vector256.Widen(Vector256.Load(x + i + 8));
            c += low * low;
            d += high * high;
        }
        var sum = a + b + (c + d);
        var result = sum[0] + sum[1] + (sum[2] + sum[3]);
        for (; i < length; i++)
            result += (double)x[i] * x[i];
        return result;
    }

    /// <summary>
    /// Σ (xᵢ − yᵢ)², in double precision: sixteen chains of additions, added up in order, then the rest.
    /// </summary>
    public static double SumOfSquaredDifferences(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        if (x.Length != y.Length)
            throw new ArgumentException(
                $"There are {x.Length} values, but {y.Length} to compare them with.", nameof(y));
        fixed (float* px = x, py = y)
            return SumOfSquaredDifferences(px, py, x.Length);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static double SumOfSquaredDifferences(float* x, float* y, int length)
    {
        Vector256<double> a = default, b = default, c = default, d = default;
        var i = 0;
        for (; i <= length - 16; i += 16)
        {
            var (xLow, xHigh) = Vector256.Widen(Vector256.Load(x + i));
            var (yLow, yHigh) = Vector256.Widen(Vector256.Load(y + i));
            a += (xLow - yLow) * (xLow - yLow);
            b += (xHigh - yHigh) * (xHigh - yHigh);
            (xLow, xHigh) = Vector256.Widen(Vector256.Load(x + i + 8));
            (yLow, yHigh) = Vector256.Widen(Vector256.Load(y + i + 8));
            c += (xLow - yLow) * (xLow - yLow);
            d += (xHigh - yHigh) * (xHigh - yHigh);
        }
        var sum = a + b + (c + d);
        var result = sum[0] + sum[1] + (sum[2] + sum[3]);
        for (; i < length; i++)
            result += ((double)x[i] - y[i]) * ((double)x[i] - y[i]);
        return result;
    }

    /// <summary>
    /// Σ e^(xᵢ − shift), each term in float32, summed in double precision from the first to the last.
    /// </summary>
    public static double SumOfExp(ReadOnlySpan<float> x, float shift)
    {
        fixed (float* px = x)
        {
            return Dispatch.Run<ExpSum, double>(new(px, x.Length, shift));
        }
    }

    private readonly struct ExpSum(float* x, int length, float shift) : IForLanes<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        double IForLanes<double>.Run<V>() => SumOfExp<V>(x, length, shift);
    }

    private readonly struct ChannelParts(float* x, float* sums, int examples, int channels, int pixels) : IParts
    {
        public void Run(int index) => sums[index] = Dispatch.Run<ChannelSum, float>(new(this, index));

        public float Sum<V>(int index) where V : struct, IVectorLanes<V> =>
            SumChannel<V>(x + (nint)index * pixels, examples, (nint)channels * pixels, pixels);
    }

    private readonly struct ChannelSum(ChannelParts parts, int index) : IForLanes<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        float IForLanes<float>.Run<V>() => parts.Sum<V>(index);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float SumChannel<V>(float* x, int examples, nint step, int pixels) where V : struct, IVectorLanes<V>
    {
        V sum = V.Of(0), mask = V.FirstN(pixels % IVectorLanes<V>.Count);
        for (var example = 0; example < examples; example++, x += step)
        {
            var i = 0;
            for (; i <= pixels - IVectorLanes<V>.Count; i += IVectorLanes<V>.Count)
                sum += V.Load(x + i);
            if (i < pixels)
                sum += V.Load(x + i, mask);
        }
        return V.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static double SumOfExp<V>(float* x, int length, float shift) where V : struct, IVectorLanes<V>
    {
        var terms = stackalloc float[IVectorLanes<V>.Count];
        var sum = 0.0;
        for (var i = 0; i < length; i += IVectorLanes<V>.Count)
        {
            var count = Math.Min(IVectorLanes<V>.Count, length - i);
            V.Store(Functions.Exp(V.Load(x + i, V.FirstN(count)) - V.Of(shift)), terms);
            for (var lane = 0; lane < count; lane++)
                sum += terms[lane];
        }
        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float LargestMagnitude<V>(float* x, nint length) where V : struct, IVectorLanes<V>
    {
        V first = V.Of(0), second = first, third = first, fourth = first;       // four chains hide the latency
        nint i = 0;
        for (; i <= length - 4 * IVectorLanes<V>.Count; i += 4 * IVectorLanes<V>.Count)
        {
            first = V.LargerMagnitude(first, V.Load(x + i));
            second = V.LargerMagnitude(second, V.Load(x + i + IVectorLanes<V>.Count));
            third = V.LargerMagnitude(third, V.Load(x + i + 2 * IVectorLanes<V>.Count));
            fourth = V.LargerMagnitude(fourth, V.Load(x + i + 3 * IVectorLanes<V>.Count));
        }
        for (; i <= length - IVectorLanes<V>.Count; i += IVectorLanes<V>.Count)
            first = V.LargerMagnitude(first, V.Load(x + i));
        if (i < length)
            first = V.LargerMagnitude(first, V.Load(x + i, V.FirstN((int)(length - i))));
        var lanes = stackalloc float[IVectorLanes<V>.Count];
        V.Store(V.LargerMagnitude(V.LargerMagnitude(first, second), V.LargerMagnitude(third, fourth)), lanes);
        var result = 0f;
        for (var lane = 0; lane < IVectorLanes<V>.Count; lane++)
            result = MathF.Max(result, lanes[lane]);    // NaN if one of them is NaN
        return float.IsFinite(result) ? result : float.NaN;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void SumColumns<V>(float* x, float* sums, nint rows, nint columns) where V : struct, IVectorLanes<V>
    {
        nint j = 0;
        for (; j <= columns - IVectorLanes<V>.Count; j += IVectorLanes<V>.Count)
        {
            var sum = V.Of(0);
            var p = x + j;
            for (nint i = 0; i < rows; i++, p += columns)
                sum += V.Load(p);
            V.Store(sum, sums + j);
        }
        if (j < columns)
        {
            var mask = V.FirstN((int)(columns - j));
            var sum = V.Of(0);
            var p = x + j;
            for (nint i = 0; i < rows; i++, p += columns)
                sum += V.Load(p, mask);
            V.Store(sum, sums + j, mask);
        }
    }
}
