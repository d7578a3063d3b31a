using Nabla.Kernels;

namespace Nabla.Tests.Kernels;

[Collection(Machine.Name)]
public sealed class NormalizationTests : MachineTests
{
    /// <summary>Awkward numbers of examples, channels and pixels.</summary>
    public static TheoryData<int, int, int> Sizes => new()
    {
        { 1, 1, 1 }, { 2, 1, 1 }, { 3, 15, 1 }, { 5, 16, 1 }, { 70, 17, 1 }, { 200, 33, 1 }, { 1, 2, 2 }, { 3, 4, 15 },
        { 2, 3, 16 }, { 3, 2, 17 }, { 130, 2, 33 }, { 1, 3, 5000 }, { 64, 32, 26 }, { 0, 3, 1 }, { 0, 3, 4 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Everything_agrees_with_naive_sums_in_double_precision(int examples, int count, int pixels)
    {
        foreach (var set in Machine.Available)
            foreach (var (centre, deviation) in ((double, double)[])[(0, 1), (1000, 1), (-3, 100)])
            {
                Processor.Current = set;
                var where = $"{set}, {centre}";
                var channels = new Channels(examples, count, pixels);
                var size = examples * count * pixels;
                var x = new Guarded([.. TestNumbers.Uniform(size, 1).Select(u => (float)(centre + deviation * u))]);
                var dY = new Guarded(TestNumbers.Uniform(size, 2));
                Guarded scratch = new(4 * count), sums = new(count), products = new(count);
                Guarded y = new(size), dX = new(size);
                Guarded scale = new(TestNumbers.Uniform(count, 3)), shift = new(TestNumbers.Uniform(count, 4));
                var statistics = new ChannelStatistics(scratch.Values);
                if (examples > 0)
                    Normalization.Moments(x.Values, channels, statistics);
                else
                    scratch.Values.Clear();                            // the mean of nothing is NaN
                statistics.SetFactors(1e-5);
                Normalization.Apply(x.Values, y.Values, channels, statistics, scale.Values, shift.Values);
                Normalization.Sums(dY.Values, x.Values, channels, statistics, sums.Values, products.Values);
                Normalization.Backward(
                    dY.Values, x.Values, dX.Values, channels, statistics, scale.Values, sums.Values, products.Values);

                for (var c = 0; c < count && examples > 0; c++)
                {
                    int[] indices =
                    [
                        .. Enumerable.Range(0, examples)
                            .SelectMany(e => Enumerable.Range((e * count + c) * pixels, pixels)),
                    ];
                    double[] values = [.. indices.Select(i => (double)x.Values[i])];
                    double[] d = [.. indices.Select(i => (double)dY.Values[i])];
                    var mean = values.Average();
                    var variance = values.Average(v => (v - mean) * (v - mean));
                    var factor = 1 / Math.Sqrt(variance + 1e-5);
                    double[] normalised = [.. values.Select(v => (v - mean) * factor)];
                    double sum = d.Sum(), product = d.Zip(normalised, (a, b) => a * b).Sum();
                    Assert.Equal(mean, (double)statistics.Mean[c] + statistics.Rest[c], 1e-6 * deviation);
                    Assert.Equal(1, (variance + 1e-5) / (statistics.Variance[c] + 1e-5), 2e-6);
                    Assert.Equal(sum, sums.Values[c], 2e-6 * Math.Sqrt(values.Length) + 1e-6 * Math.Abs(sum));
                    Assert.Equal(
                        product, products.Values[c], 4e-6 * Math.Sqrt(values.Length) + 2e-6 * Math.Abs(product));
                    for (var k = 0; k < indices.Length; k++)
                    {
                        Assert.Equal(
                            normalised[k] * scale.Values[c] + shift.Values[c], y.Values[indices[k]], 1e-5);
                        var derivative = d[k] - sum / values.Length - normalised[k] * product / values.Length;
                        Assert.Equal(
                            scale.Values[c] * factor * derivative,
                            dX.Values[indices[k]],
                            1e-5 * Math.Min(factor, 10));
                    }
                }
                foreach (var guarded in (Guarded[])[x, dY, scratch, y, dX, sums, products, scale, shift])
                    guarded.AssertIntact(where);
            }
    }

    [Theory]
    [InlineData(64, 40, 1)]
    [InlineData(1000, 33, 1)]
    [InlineData(64, 7, 100)]
    [InlineData(3, 5, 4001)]
    public void Every_instruction_set_and_any_number_of_threads_give_the_same_bits(int examples, int count, int pixels)
    {
        var channels = new Channels(examples, count, pixels);
        float[] x = TestNumbers.Uniform(examples * count * pixels, 1), dY = TestNumbers.Uniform(x.Length, 2);
        float[]? expected = null;
        foreach (var set in Machine.Available)
            foreach (var threads in (ReadOnlySpan<int>)[1, 2, 5])
            {
                (Processor.Current, Workers.Threads) = (set, threads);
                float[] scratch = new float[4 * count], sums = new float[count], products = new float[count];
                float[] y = new float[x.Length], dX = new float[x.Length];
                var statistics = new ChannelStatistics(scratch);
                Normalization.Moments(x, channels, statistics);
                statistics.SetFactors(1e-5);
                Normalization.Apply(x, y, channels, statistics, [], []);
                Normalization.Sums(dY, x, channels, statistics, sums, products);
                Normalization.Backward(dY, x, dX, channels, statistics, [], sums, products);
                float[] all = [.. scratch, .. y, .. dX, .. sums, .. products];
                TestNumbers.AssertSameBits(expected ??= all, all, $"{set}, {threads} threads");
            }
    }

    [Fact]
    public void Results_may_overwrite_their_inputs()
    {
        var channels = new Channels(5, 3, 20);
        float[] x = TestNumbers.Uniform(300, 1), y = new float[300];
        float[] dY = TestNumbers.Uniform(300, 2), dX = new float[300];
        float[] scratch = new float[12], sums = new float[3], products = new float[3];
        var statistics = new ChannelStatistics(scratch);
        Normalization.Moments(x, channels, statistics);
        statistics.SetFactors(1e-5);
        Normalization.Sums(dY, x, channels, statistics, sums, products);
        Normalization.Backward(dY, x, dX, channels, statistics, [], sums, products);
        Normalization.Backward(dY, x, dY, channels, statistics, [], sums, products);
        TestNumbers.AssertSameBits(dX, dY, "dX over dY");
        Normalization.Apply(x, y, channels, statistics, [], []);
        Normalization.Apply(x, x, channels, statistics, [], []);
        TestNumbers.AssertSameBits(y, x, "y over x");
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused()
    {
        var channels = new Channels(2, 3, 4);
        float[] x = new float[24], three = new float[3], scratch = new float[12];
        AssertRefused(() => Normalization.Moments(new float[23], channels, new(scratch)));
        AssertRefused(() => Normalization.Moments(x, channels, new(new float[8])));
        AssertRefused(() => Normalization.Apply(x, new float[25], channels, new(scratch), [], []));
        AssertRefused(() => Normalization.Apply(x, new float[24], channels, new(scratch), new float[4], []));
        AssertRefused(() => Normalization.Sums(x, x, channels, new(scratch), three, new float[2]));
        AssertRefused(() =>
            Normalization.Backward(x, x, new float[20], channels, new(scratch), [], three, three));

        static void AssertRefused(Action call) => Assert.Throws<ArgumentException>(call);
    }
}
