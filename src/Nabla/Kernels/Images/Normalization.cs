using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>The layout of a batch: in each example channel after channel, in each channel pixel after pixel.</summary>
/// <param name="Examples">The number of examples.</param>
/// <param name="Count">The number of channels.</param>
/// <param name="Pixels">The number of values of a channel in one example.</param>
internal readonly record struct Channels(int Examples, int Count, int Pixels)
{
    /// <summary>The number of values of one channel in the whole batch.</summary>
    public int ValuesOfEach => Examples * Pixels;
}

/// <summary>
/// The statistics of every channel: x̂ = (x − mean − rest) · factor. The mean is stored in two float32 values, because
/// one is too coarse where the mean is far from 0: near 1000, it resolves thousandths to one digit only.
/// </summary>
/// <param name="scratch">Where they are stored: <see cref="Rows"/> rows of one value for each channel.</param>
internal readonly ref struct ChannelStatistics(Span<float> scratch)
{
    private readonly Span<float> scratch = scratch;

    /// <summary>The number of values stored for each channel.</summary>
    public const int Rows = 4;

    private int Channels => scratch.Length / Rows;

    /// <summary>μ, rounded.</summary>
    public Span<float> Mean => scratch[..Channels];

    /// <summary>μ minus its rounded value.</summary>
    public Span<float> Rest => scratch.Slice(Channels, Channels);

    /// <summary>σ², with the number of values as its divisor.</summary>
    public Span<float> Variance => scratch.Slice(2 * Channels, Channels);

    /// <summary>1 / √(σ² + ε).</summary>
    public Span<float> Factor => scratch.Slice(3 * Channels, Channels);

    /// <summary>Computes the factors from the variances.</summary>
    public void SetFactors(double epsilon)
    {
        for (var channel = 0; channel < Channels; channel++)
            Factor[channel] = (float)(1 / Math.Sqrt(Variance[channel] + epsilon));
    }
}

/// <summary>Sums over all values of a channel, and operations on every value of a channel.</summary>
/// <remarks>
/// A thread computes whole channels (or sixteen channels of one pixel each, a lane for each). Within a channel, sixteen
/// lanes sum from the first example to the last. After every <see cref="Chain"/> additions in float32 each lane is
/// added to a sum in double precision, and at the end these are added, from the first lane to the last. So the order
/// depends neither on the threads nor on the instruction set.
/// </remarks>
internal static unsafe class Normalization
{
    private const int Chain = 64;                       // additions of a lane in float32 between additions in double
    private const int Lanes = 16;
    private const int WorthSharing = 16384;             // values

    /// <summary>
    /// Mean and variance of each channel. An approximate mean is subtracted first, so that nothing cancels (Chan, Golub
    /// and LeVeque, 1983, the shifted two-pass algorithm).
    /// </summary>
    public static void Moments(ReadOnlySpan<float> x, Channels channels, ChannelStatistics statistics)
    {
        Check(channels, x.Length, x.Length, statistics, [], []);
        fixed (float* px = x, pm = statistics.Mean, pr = statistics.Rest, pv = statistics.Variance)
            Run(new MomentsOf(px, pm, pr, pv), channels);
    }

    /// <summary>
    /// y = x̂ · scale + shift, with the values of each channel; without scale and shift if those are empty. y may be x.
    /// </summary>
    public static void Apply(
        ReadOnlySpan<float> x, Span<float> y, Channels channels, ChannelStatistics statistics,
        ReadOnlySpan<float> scale, ReadOnlySpan<float> shift)
    {
        Check(channels, x.Length, y.Length, statistics, scale, shift);
        fixed (float* pm = statistics.Mean, pr = statistics.Rest, pf = statistics.Factor)
        fixed (float* px = x, py = y, ps = scale, pb = shift)
            Run(new ApplyTo(px, py, new(pm, pr, pf), ps, pb), channels);
    }

    /// <summary>For each channel Σ dY and Σ dY·x̂.</summary>
    public static void Sums(
        ReadOnlySpan<float> dY, ReadOnlySpan<float> x, Channels channels, ChannelStatistics statistics,
        Span<float> sums, Span<float> products)
    {
        Check(channels, dY.Length, x.Length, statistics, sums, products);
        fixed (float* pm = statistics.Mean, pr = statistics.Rest, pf = statistics.Factor)
        fixed (float* pd = dY, px = x, ps = sums, pp = products)
            Run(new SumsOf(pd, px, new(pm, pr, pf), ps, pp), channels);
    }

    /// <summary>
    /// dX = scale · factor · (dY − sums/n − x̂ · products/n), with n values in each channel; without scale if that is
    /// empty. dX may be dY.
    /// </summary>
    public static void Backward(
        ReadOnlySpan<float> dY, ReadOnlySpan<float> x, Span<float> dX, Channels channels, ChannelStatistics statistics,
        ReadOnlySpan<float> scale, ReadOnlySpan<float> sums, ReadOnlySpan<float> products)
    {
        Check(channels, dY.Length, x.Length, statistics, sums, products);
        Check(channels, dX.Length, x.Length, statistics, scale, sums);
        fixed (float* pm = statistics.Mean, pr = statistics.Rest, pf = statistics.Factor)
        fixed (float* pd = dY, px = x, pdx = dX, pc = scale, ps = sums, pp = products)
            Run(new BackwardOf(pd, px, pdx, new(pm, pr, pf), pc, ps, pp), channels);
    }

    /// <summary>The loops below trust their pointers, so lengths are checked here. What is empty is not used.</summary>
    private static void Check(
        Channels channels, int length, int sameLength, ChannelStatistics statistics,
        ReadOnlySpan<float> ofChannels, ReadOnlySpan<float> alsoOfChannels)
    {
        if (length != (long)channels.Examples * channels.Count * channels.Pixels || sameLength != length
            || statistics.Factor.Length != channels.Count
            || (ofChannels.Length != channels.Count && !ofChannels.IsEmpty)
            || (alsoOfChannels.Length != channels.Count && !alsoOfChannels.IsEmpty))
            throw new ArgumentException(
                $"{length} and {sameLength} values, statistics of {statistics.Factor.Length} channels, and " +
                $"{ofChannels.Length} and {alsoOfChannels.Length} values do not fit {channels}.");
    }

    /// <summary>One channel; or where channels have one pixel, up to sixteen of them, a lane for each.</summary>
    private readonly struct Strip(Channels channels, int index)
    {
        private readonly bool isOneChannel = channels.Pixels > 1;

        public int Examples { get; } = channels.Examples;
        public nint Stride { get; } = (nint)channels.Count * channels.Pixels;
        public int First { get; } = channels.Pixels > 1 ? index : index * Lanes;
        public int Channels { get; } = channels.Pixels > 1 ? 1 : Math.Min(Lanes, channels.Count - index * Lanes);
        public nint Start { get; } = channels.Pixels > 1 ? (nint)index * channels.Pixels : (nint)index * Lanes;
        public nint Length { get; } =
            channels.Pixels > 1 ? channels.Pixels : Math.Min(Lanes, channels.Count - index * Lanes);
        public int ValuesOfEach { get; } = channels.ValuesOfEach;

        public static int CountOf(Channels channels) =>
            channels.Pixels > 1 ? channels.Count : (channels.Count + Lanes - 1) / Lanes;

        /// <summary>Sets each lane to the value of its channel.</summary>
        public void Spread(float* ofChannels, float* lanes)
        {
            for (var lane = 0; lane < Lanes; lane++)
                lanes[lane] = isOneChannel ? ofChannels[First] : lane < Channels ? ofChannels[First + lane] : 0;
        }

        /// <summary>Adds up the lanes of one channel, and sets each to the sum.</summary>
        public void Fold(double* lanes)
        {
            if (!isOneChannel)
                return;
            var sum = 0.0;
            for (var lane = 0; lane < Lanes; lane++)
                sum += lanes[lane];
            for (var lane = 0; lane < Lanes; lane++)
                lanes[lane] = sum;
        }
    }

    /// <summary>The work on one strip.</summary>
    private interface IStripWork
    {
        public void Do<V>(Strip strip) where V : struct, IVectorLanes<V>;
    }

    private static void Run<TWork>(TWork work, Channels channels) where TWork : struct, IStripWork
    {
        var parts = new Parts<TWork>(work, channels);
        var count = Strip.CountOf(channels);
        if ((long)channels.Count * channels.ValuesOfEach >= WorthSharing)
            Workers.Run(parts, count);
        else
            for (var i = 0; i < count; i++)
                parts.Run(i);
    }

    private readonly struct Parts<TWork>(TWork work, Channels channels) : IParts where TWork : struct, IStripWork
    {
        public void Run(int index)
        {
            var strip = new Strip(channels, index);
            Dispatch.Run(new WorkOnStrip<TWork>(work, strip));
        }
    }

    private readonly struct WorkOnStrip<TWork>(TWork work, Strip strip) : IForLanes where TWork : struct, IStripWork
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IForLanes.Run<V>() => work.Do<V>(strip);
    }

    /// <summary>
    /// Two terms for each value of a strip, for Σ first and Σ first·second; 0 for lanes that the mask leaves out.
    /// </summary>
    private interface ITerms<V> where V : struct, IVectorLanes<V>
    {
        public void Sixteen(nint i, out V first, out V second);

        public void Some(nint i, V mask, out V first, out V second);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Sum<V, TTerms>(TTerms terms, Strip strip, double* sums, double* products)
        where V : struct, IVectorLanes<V> where TTerms : struct, ITerms<V>
    {
        for (var lane = 0; lane < Lanes; lane++)
            sums[lane] = products[lane] = 0;
        V sum = V.Of(0), product = V.Of(0), mask = V.FirstN((int)(strip.Length % Lanes));
        var chained = 0;
        for (var example = 0; example < strip.Examples; example++)
        {
            nint i = strip.Start + example * strip.Stride, end = i + strip.Length;
            for (; i < end; i += Lanes)
            {
                V first, second;
                if (i <= end - Lanes)
                    terms.Sixteen(i, out first, out second);
                else
                    terms.Some(i, mask, out first, out second);
                sum += first;
                product = V.MultiplyAdd(first, second, product);
                if (++chained == Chain)
                {
                    AddTo(sums, sum);
                    AddTo(products, product);
                    (sum, product, chained) = (V.Of(0), V.Of(0), 0);
                }
            }
        }
        AddTo(sums, sum);
        AddTo(products, product);
        strip.Fold(sums);
        strip.Fold(products);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddTo<V>(double* sums, V lanes) where V : struct, IVectorLanes<V>
    {
        var values = stackalloc float[Lanes];
        V.Store(lanes, values);
        for (var lane = 0; lane < Lanes; lane++)
            sums[lane] += values[lane];
    }

    /// <summary>x itself.</summary>
    private readonly struct Plain<V>(float* x) : ITerms<V> where V : struct, IVectorLanes<V>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Sixteen(nint i, out V first, out V second) => (first, second) = (V.Load(x + i), V.Of(0));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Some(nint i, V mask, out V first, out V second) =>
            (first, second) = (V.Load(x + i, mask), V.Of(0));
    }

    /// <summary>x − centre, twice: for its sum and the sum of its squares.</summary>
    private readonly struct Centred<V>(float* x, float* centre) : ITerms<V> where V : struct, IVectorLanes<V>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Sixteen(nint i, out V first, out V second) =>
            first = second = V.Load(x + i) - V.Load(centre);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Some(nint i, V mask, out V first, out V second) =>
            first = second = V.Load(x + i, mask) - V.Load(centre, mask);
    }

    /// <summary>dY and x̂.</summary>
    private readonly struct Derivatives<V>(float* dY, float* x, Statistics lanes) : ITerms<V>
        where V : struct, IVectorLanes<V>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Sixteen(nint i, out V first, out V second) =>
            (first, second) = (V.Load(dY + i), lanes.Normalized(V.Load(x + i)));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Some(nint i, V mask, out V first, out V second) =>
            (first, second) = (V.Load(dY + i, mask), lanes.Normalized(V.Load(x + i, mask)));
    }

    /// <summary>The statistics: of channels, or spread over the lanes of a strip.</summary>
    private readonly struct Statistics(float* mean, float* rest, float* factor)
    {
        public Statistics Spread(Strip strip, float* scratch)
        {
            strip.Spread(mean, scratch);
            strip.Spread(rest, scratch + Lanes);
            strip.Spread(factor, scratch + 2 * Lanes);
            return new(scratch, scratch + Lanes, scratch + 2 * Lanes);
        }

        /// <summary>x̂ = (x − mean − rest) · factor.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Normalized<V>(V x) where V : struct, IVectorLanes<V> =>
            (x - V.Load(mean) - V.Load(rest)) * V.Load(factor);

        /// <summary>factor · scale, lane by lane; without scale if it is null.</summary>
        public void FactorTimes(Strip strip, float* scale, float* into)
        {
            new Span<float>(into, Lanes).Fill(1);
            if (scale != null)
                strip.Spread(scale, into);
            for (var lane = 0; lane < Lanes; lane++)
                into[lane] *= factor[lane];
        }
    }

    private readonly struct MomentsOf(float* x, float* mean, float* rest, float* variance) : IStripWork
    {
        public void Do<V>(Strip strip) where V : struct, IVectorLanes<V>
        {
            double* sums = stackalloc double[Lanes], squares = stackalloc double[Lanes];
            var centre = stackalloc float[Lanes];
            double n = strip.ValuesOfEach;
            Sum<V, Plain<V>>(new(x), strip, sums, squares);
            for (var lane = 0; lane < Lanes; lane++)
                centre[lane] = (float)(sums[lane] / n);
            Sum<V, Centred<V>>(new(x, centre), strip, sums, squares);
            for (var lane = 0; lane < strip.Channels; lane++)
            {
                var fromCentre = sums[lane] / n;
                var exact = centre[lane] + fromCentre;
                mean[strip.First + lane] = (float)exact;
                rest[strip.First + lane] = (float)(exact - (float)exact);
                variance[strip.First + lane] = (float)Math.Max(0, squares[lane] / n - fromCentre * fromCentre);
            }
        }
    }

    private readonly struct SumsOf(
        float* dY, float* x, Statistics statistics, float* sums, float* products) : IStripWork
    {
        public void Do<V>(Strip strip) where V : struct, IVectorLanes<V>
        {
            double* sum = stackalloc double[Lanes], product = stackalloc double[Lanes];
            var scratch = stackalloc float[3 * Lanes];
            Sum<V, Derivatives<V>>(new(dY, x, statistics.Spread(strip, scratch)), strip, sum, product);
            for (var lane = 0; lane < strip.Channels; lane++)
                (sums[strip.First + lane], products[strip.First + lane]) = ((float)sum[lane], (float)product[lane]);
        }
    }

    private readonly struct ApplyTo(float* x, float* y, Statistics statistics, float* scale, float* shift) : IStripWork
    {
        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Do<V>(Strip strip) where V : struct, IVectorLanes<V>
        {
            float* scratch = stackalloc float[3 * Lanes];
            float* factors = stackalloc float[Lanes], shifts = stackalloc float[Lanes];
            var lanes = statistics.Spread(strip, scratch);
            lanes.FactorTimes(strip, scale, factors);
            new Span<float>(shifts, Lanes).Clear();
            if (shift != null)
                strip.Spread(shift, shifts);
            V mean = V.Load(scratch), rest = V.Load(scratch + Lanes), factor = V.Load(factors), b = V.Load(shifts);
            var mask = V.FirstN((int)(strip.Length % Lanes));
            for (var example = 0; example < strip.Examples; example++)
            {
                nint i = strip.Start + example * strip.Stride, end = i + strip.Length;
                for (; i <= end - Lanes; i += Lanes)
                    V.Store(V.MultiplyAdd(V.Load(x + i) - mean - rest, factor, b), y + i);
                if (i < end)
                    V.Store(V.MultiplyAdd(V.Load(x + i, mask) - mean - rest, factor, b), y + i, mask);
            }
        }
    }

    private readonly struct BackwardOf(
        float* dY, float* x, float* dX, Statistics statistics, float* scale, float* sums, float* products) : IStripWork
    {
        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Do<V>(Strip strip) where V : struct, IVectorLanes<V>
        {
            float* scratch = stackalloc float[3 * Lanes];
            float* factors = stackalloc float[Lanes], means = stackalloc float[2 * Lanes];
            var lanes = statistics.Spread(strip, scratch);
            lanes.FactorTimes(strip, scale, factors);
            strip.Spread(sums, means);
            strip.Spread(products, means + Lanes);
            V n = V.Of(strip.ValuesOfEach), factor = V.Load(factors);
            V meanOfDY = V.Load(means) / n, meanOfProducts = V.Load(means + Lanes) / n;
            var mask = V.FirstN((int)(strip.Length % Lanes));
            for (var example = 0; example < strip.Examples; example++)
            {
                nint i = strip.Start + example * strip.Stride, end = i + strip.Length;
                for (; i <= end - Lanes; i += Lanes)
                {
                    V normalized = lanes.Normalized(V.Load(x + i)), centred = V.Load(dY + i) - meanOfDY;
                    V.Store(factor * V.MultiplyAdd(-normalized, meanOfProducts, centred), dX + i);
                }
                if (i < end)
                {
                    V normalized = lanes.Normalized(V.Load(x + i, mask)), centred = V.Load(dY + i, mask) - meanOfDY;
                    V.Store(factor * V.MultiplyAdd(-normalized, meanOfProducts, centred), dX + i, mask);
                }
            }
        }
    }
}
