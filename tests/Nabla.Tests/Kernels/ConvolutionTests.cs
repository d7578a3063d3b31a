using Nabla.Kernels;

namespace Nabla.Tests.Kernels;

[Collection(Machine.Name)]
public sealed class ConvolutionTests : MachineTests
{
    private const int Batch = 3;

    /// <summary>
    /// Channels, height, width, filters, kernel, stride, padding, dilation, groups. The cases are images of one pixel
    /// and images as small as the window, every width around a vector, strides that leave pixels out, borders wider
    /// than the window, and sizes from real networks.
    /// </summary>
    private static readonly ConvolutionSizes[] cases =
    [
        new(1, 1, 1, 1, 1, 1, 0, 1, 1), new(2, 1, 1, 3, 3, 1, 1, 1, 1), new(1, 5, 5, 2, 5, 1, 0, 1, 1),
        new(3, 4, 3, 2, 3, 1, 3, 1, 1), new(1, 1, 2, 1, 1, 1, 2, 1, 1),
        .. Enumerable.Range(1, 33).Select(width => new ConvolutionSizes(2, 3, width, 3, 3, 1, 1, 1, 1)),
        .. Enumerable.Range(3, 31).Select(width => new ConvolutionSizes(3, 4, width, 13, 3, 1, 0, 1, 1)),
        .. from stride in Enumerable.Range(1, 4)
           from padding in Enumerable.Range(0, 3)
           from dilation in Enumerable.Range(1, 3)
           from kernel in Enumerable.Range(1, 3)
           select new ConvolutionSizes(2, 11, 9, 4, kernel, stride, padding, dilation, 1),
        new(4, 9, 10, 6, 3, 1, 1, 1, 2), new(6, 8, 7, 6, 3, 1, 1, 1, 6), new(6, 8, 7, 12, 3, 2, 1, 1, 6),
        new(34, 4, 6, 66, 2, 1, 1, 2, 2), new(40, 5, 9, 40, 3, 3, 2, 1, 40), new(1, 28, 28, 6, 5, 1, 2, 1, 1),
        new(6, 8, 14, 16, 5, 1, 0, 1, 1), new(1, 9, 28, 32, 3, 1, 0, 1, 1), new(32, 5, 26, 25, 3, 1, 0, 1, 1),
        new(5, 7, 6, 100, 1, 1, 0, 1, 1), new(16, 8, 8, 17, 3, 1, 1, 1, 1), new(3, 2, 40, 33, 2, 2, 1, 1, 1),
        .. from padding in Enumerable.Range(0, 4)
           from size in Enumerable.Range(8, 4)
           select new ConvolutionSizes(16, size, size + 2, 16, 3, 1, padding, 1, 1),
        new(17, 8, 35, 19, 3, 1, 1, 1, 1), new(16, 9, 33, 33, 3, 1, 1, 1, 1), new(18, 10, 34, 16, 3, 1, 0, 1, 1),
        new(33, 8, 8, 40, 3, 1, 1, 1, 1), new(16, 8, 64, 17, 3, 1, 1, 1, 1),
    ];

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void Every_size_agrees_with_the_naive_twin(string instructionSet)
    {
        Use(instructionSet);
        foreach (var sizes in cases)
        {
            var twin = new Naive(sizes);
            Guarded x = new(TestNumbers.Whole(Batch * twin.ImageSize, 1));
            Guarded w = new(TestNumbers.Whole(twin.WeightCount, 2)), bias = new(TestNumbers.Whole(sizes.Filters, 3));
            Guarded dY = new(TestNumbers.Whole(Batch * twin.OutputSize, 4));
            Guarded y = new(Batch * twin.OutputSize), dW = new(twin.WeightCount), dX = new(Batch * twin.ImageSize);
            Run(sizes, x.Values, w.Values, bias.Values, y.Values, dY.Values, dW.Values, dX.Values);
            Same(twin.Forward(x.Values, w.Values, bias.Values, Batch), y, $"Y of {sizes}");
            Same(twin.WeightGradient(x.Values, dY.Values, Batch), dW, $"∂C/∂W of {sizes}");
            Same(twin.InputGradient(dY.Values, w.Values, Batch), dX, $"∂C/∂X of {sizes}");
            Run(sizes, x.Values, w.Values, [], y.Values, dY.Values, dW.Values, dX.Values);
            Same(twin.Forward(x.Values, w.Values, new float[sizes.Filters], Batch), y, $"Y of {sizes} without bias");
        }
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void Rounding_stays_within_its_bound(string instructionSet)
    {
        Use(instructionSet);
        foreach (var sizes in cases.Where(sizes => sizes.FilterSize > 20))
        {
            var twin = new Naive(sizes);
            var (x, w, bias, dY) = Operands(sizes, Batch);
            float[] y = new float[dY.Length], dW = new float[w.Length], dX = new float[x.Length];
            Run(sizes, x, w, bias, y, dY, dW, dX);
            Near(twin.Forward(x, w, bias, Batch), y, sizes.FilterSize + 1, $"Y of {sizes}");
            var positions = sizes.OutputHeight * sizes.OutputWidth;
            Near(twin.WeightGradient(x, dY, Batch), dW, Batch * positions, $"∂C/∂W of {sizes}");
            var taps = sizes.GroupFilters * sizes.Kernel * sizes.Kernel;
            Near(twin.InputGradient(dY, w, Batch), dX, taps, $"∂C/∂X of {sizes}");
        }
    }

    [Fact]
    public void Every_instruction_set_and_every_number_of_threads_gives_the_same_bits()
    {
        const int batch = 9;
        foreach (var sizes in cases.Where(sizes => sizes.Width > 5))
        {
            var (x, w, bias, dY) = Operands(sizes, batch);
            float[]? expected = null;
            foreach (var set in Machine.Available)
                foreach (var threads in (ReadOnlySpan<int>)[1, 2, 5])
                {
                    (Processor.Current, Workers.Threads) = (set, threads);
                    float[] y = new float[dY.Length], dW = new float[w.Length], dX = new float[x.Length];
                    Run(sizes, x, w, bias, y, dY, dW, dX, batch);
                    float[] all = [.. y, .. dW, .. dX];
                    expected ??= all;
                    TestNumbers.AssertSameBits(expected, all, $"{sizes}, {set}, {threads} threads");
                }
        }
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void An_example_of_a_batch_has_the_same_bits_as_alone(string instructionSet)
    {
        Use(instructionSet);
        foreach (var sizes in cases.Where(sizes => sizes.Width > 5))
        {
            var twin = new Naive(sizes);
            var (x, w, bias, dY) = Operands(sizes, Batch);
            float[] y = new float[dY.Length], dW = new float[w.Length], dX = new float[x.Length];
            Run(sizes, x, w, bias, y, dY, dW, dX);
            float[] yAlone = new float[twin.OutputSize], dXAlone = new float[twin.ImageSize];
            for (var i = 0; i < Batch; i++)
            {
                int image = i * twin.ImageSize, output = i * twin.OutputSize;
                var dYAlone = dY.AsSpan(output, twin.OutputSize);
                Run(sizes, x.AsSpan(image, twin.ImageSize), w, bias, yAlone, dYAlone, dW, dXAlone, batch: 1);
                TestNumbers.AssertSameBits(yAlone, y.AsSpan(output, twin.OutputSize), $"Y of {sizes}, example {i}");
                TestNumbers.AssertSameBits(dXAlone, dX.AsSpan(image, twin.ImageSize), $"∂C/∂X of {sizes}, example {i}");
            }
        }
    }

    /// <summary>A part holds several examples, and a scratch buffer is used by several parts.</summary>
    [Fact]
    public void An_example_of_a_large_batch_has_the_same_bits_as_alone()
    {
        const int batch = 35;
        var sizes = new ConvolutionSizes(16, 8, 9, 17, 3, 1, 1, 1, 1);
        var twin = new Naive(sizes);
        var (x, w, bias, dY) = Operands(sizes, batch);
        float[] y = new float[dY.Length], dW = new float[w.Length], dX = new float[x.Length];
        Run(sizes, x, w, bias, y, dY, dW, dX, batch);
        float[] yAlone = new float[twin.OutputSize], dXAlone = new float[twin.ImageSize];
        for (var i = 0; i < batch; i++)
        {
            int image = i * twin.ImageSize, output = i * twin.OutputSize;
            var dYAlone = dY.AsSpan(output, twin.OutputSize);
            var dWAlone = new float[w.Length];
            Run(sizes, x.AsSpan(image, twin.ImageSize), w, bias, yAlone, dYAlone, dWAlone, dXAlone, batch: 1);
            TestNumbers.AssertSameBits(yAlone, y.AsSpan(output, twin.OutputSize), $"Y, example {i}");
            TestNumbers.AssertSameBits(dXAlone, dX.AsSpan(image, twin.ImageSize), $"∂C/∂X, example {i}");
        }
    }

    [Fact]
    public void Transposing_the_derivatives_of_a_few_examples_at_a_time_gives_the_same_bits()
    {
        var sizes = new ConvolutionSizes(3, 7, 8, 9, 3, 1, 1, 1, 1);
        var twin = new Naive(sizes);
        var convolution = new Convolution(sizes);
        float[] x = TestNumbers.Uniform(7 * twin.ImageSize, 1), dY = TestNumbers.Uniform(7 * twin.OutputSize, 4);
        float[] padded = new float[7 * convolution.PaddedSize], packed = new float[convolution.PackedSize];
        float[] w = new float[twin.WeightCount], y = new float[dY.Length];
        convolution.Forward(x, w, [], y, padded, packed, new float[7 * convolution.ScratchSize], 7);
        float[] Gradient(int atOnce)
        {
            float[] dW = new float[twin.WeightCount], sums = new float[convolution.SumsSize];
            var transposed = new float[atOnce * convolution.TransposedSize];
            convolution.WeightGradient(padded, dY, dW, transposed, sums, 7);
            return dW;
        }

        foreach (var atOnce in (ReadOnlySpan<int>)[1, 2, 3, 6])
            TestNumbers.AssertSameBits(Gradient(7), Gradient(atOnce), $"{atOnce} at once");
    }

    [Fact]
    public unsafe void Winograd_tiles_taken_a_few_rows_at_a_time_give_the_same_bits()
    {
        const int channels = 16, filters = 18, height = 11, width = 9, across = 5, examples = 2;
        var images = Convolution.Tiled(channels, height, width, border: 1, height, width);
        var x = TestNumbers.Uniform(examples * images.Size, 1);
        var w = TestNumbers.Uniform(filters * channels * 9, 2);
        var transposed = TestNumbers.Uniform(examples * height * width * filters, 3);
        float[] Results(int rows)
        {
            var product = new WinogradProduct(
                images, channels, filters, height, width,
                transposed: false, scratch: rows * Winograd.Positions * channels * across);
            var gradient = new WinogradGradient(
                images, channels, filters, height, width, scratch: rows * Winograd.Side * (channels + 32) * across);
            float[] packed = new float[product.PackedSize], scratch = new float[product.ScratchSize];
            var sums = new float[gradient.SumsSize];
            float[] y = new float[filters * height * width], dW = new float[w.Length];
            fixed (float* px = x, pw = w, pTransposed = transposed, py = y, pdW = dW)
            fixed (float* pPacked = packed, pScratch = scratch, pSums = sums)
            {
                product.Pack(pw, pPacked);
                product.Compute(pPacked, px, null, py, pScratch);
                gradient.Add(px, images.Size, pTransposed, pSums, examples, isFirst: true);
                gradient.Finish(pSums, pdW);
            }
            return [.. y, .. dW];
        }

        foreach (var rows in (ReadOnlySpan<int>)[1, 2, 4, 5])
            TestNumbers.AssertSameBits(Results(6), Results(rows), $"{rows} rows at a time");
    }

    private static (float[] X, float[] W, float[] Bias, float[] DY) Operands(ConvolutionSizes sizes, int batch)
    {
        var twin = new Naive(sizes);
        return (
            TestNumbers.Uniform(batch * twin.ImageSize, 1),
            TestNumbers.Uniform(twin.WeightCount, 2),
            TestNumbers.Uniform(sizes.Filters, 3),
            TestNumbers.Uniform(batch * twin.OutputSize, 4));
    }

    private static void Run(
        ConvolutionSizes sizes, ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> bias, Span<float> y,
        ReadOnlySpan<float> dY, Span<float> dW, Span<float> dX, int batch = Batch)
    {
        var convolution = new Convolution(sizes);
        var parts = Math.Min(batch, Convolution.MostParts);
        var paddedSize = convolution.ReadsImages ? 0 : batch * convolution.PaddedSize;
        var paddedDerivativeSize = convolution.ReadsDerivatives ? 0 : parts * convolution.PaddedDerivativeSize;
        Guarded padded = new(new float[paddedSize], guard: 7);                          // borders are 0
        Guarded paddedDerivatives = new(new float[paddedDerivativeSize], guard: 7);
        Guarded packed = new(convolution.PackedSize), scratch = new(parts * convolution.ScratchSize);
        Guarded transposed = new(Math.Min(batch, convolution.ExamplesAtOnce) * convolution.TransposedSize);
        Guarded sums = new(convolution.SumsSize);
        convolution.Forward(x, w, bias, y, padded.Values, packed.Values, scratch.Values, batch);
        var images = convolution.ReadsImages ? x : padded.Values;
        convolution.WeightGradient(images, dY, dW, transposed.Values, sums.Values, batch);
        packed.Values.Fill(float.NaN);                      // the old content must not matter
        scratch.Values.Fill(float.NaN);
        convolution.InputGradient(dY, w, dX, paddedDerivatives.Values, packed.Values, scratch.Values, batch);
        foreach (var buffer in (ReadOnlySpan<Guarded>)[padded, paddedDerivatives, packed, scratch, transposed, sums])
            buffer.AssertIntact($"{sizes}");
    }

    private static void Same((double Exact, double Size)[] expected, Guarded actual, string where)
    {
        for (var i = 0; i < expected.Length; i++)
            if (!(actual.Values[i] == expected[i].Exact))
                Assert.Fail($"{where}: element {i} is {actual.Values[i]}, expected {expected[i].Exact}.");
        actual.AssertIntact(where);
    }

    private static void Near((double Exact, double Size)[] expected, float[] actual, int terms, string where)
    {
        for (var i = 0; i < expected.Length; i++)
            if (!(Math.Abs(actual[i] - expected[i].Exact) <= (terms + 1) * Math.ScaleB(1, -24) * expected[i].Size))
                Assert.Fail($"{where}: element {i} is {actual[i]:R}, exactly {expected[i].Exact:R}.");
    }

    /// <summary>
    /// The formulas of a convolution, term by term, in double precision: each result, and the sum of the magnitudes of
    /// its terms.
    /// </summary>
    private sealed class Naive(ConvolutionSizes s)
    {
        public int ImageSize => s.Channels * s.Height * s.Width;

        public int OutputSize => s.Filters * s.OutputHeight * s.OutputWidth;

        public int WeightCount => s.Filters * s.FilterSize;

        public (double Exact, double Size)[] Forward(
            ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> bias, int batch)
        {
            var y = new (double, double)[batch * OutputSize];
            for (var i = 0; i < y.Length; i++)
            {
                var b = bias[i / (s.OutputHeight * s.OutputWidth) % s.Filters];
                y[i] = (b, Math.Abs(b));
            }
            foreach (var (image, weight, output) in Terms(batch))
                Add(ref y[output], (double)x[image] * w[weight]);
            return y;
        }

        public (double Exact, double Size)[] WeightGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> dY, int batch)
        {
            var dW = new (double, double)[WeightCount];
            foreach (var (image, weight, output) in Terms(batch))
                Add(ref dW[weight], (double)x[image] * dY[output]);
            return dW;
        }

        public (double Exact, double Size)[] InputGradient(ReadOnlySpan<float> dY, ReadOnlySpan<float> w, int batch)
        {
            var dX = new (double, double)[batch * ImageSize];
            foreach (var (image, weight, output) in Terms(batch))
                Add(ref dX[image], (double)dY[output] * w[weight]);
            return dX;
        }

        /// <summary>Every product of the forward sum: which pixel meets which weight, in which output.</summary>
        private IEnumerable<(int Image, int Weight, int Output)> Terms(int batch)
        {
            for (var n = 0; n < batch; n++)
                for (var o = 0; o < s.Filters; o++)
                    for (var r = 0; r < s.OutputHeight; r++)
                        for (var q = 0; q < s.OutputWidth; q++)
                            for (var c = 0; c < s.GroupChannels; c++)
                                for (var i = 0; i < s.Kernel; i++)
                                    for (var j = 0; j < s.Kernel; j++)
                                    {
                                        var u = s.Stride * r + s.Dilation * i - s.Padding;
                                        var v = s.Stride * q + s.Dilation * j - s.Padding;
                                        if (u < 0 || u >= s.Height || v < 0 || v >= s.Width)
                                            continue;
                                        var channel = o / s.GroupFilters * s.GroupChannels + c;
                                        yield return (
                                            ((n * s.Channels + channel) * s.Height + u) * s.Width + v,
                                            ((o * s.GroupChannels + c) * s.Kernel + i) * s.Kernel + j,
                                            ((n * s.Filters + o) * s.OutputHeight + r) * s.OutputWidth + q);
                                    }
        }

        private static void Add(ref (double Exact, double Size) sum, double term) =>
            sum = (sum.Exact + term, sum.Size + Math.Abs(term));
    }
}
