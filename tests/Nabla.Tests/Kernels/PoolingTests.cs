using Nabla.Kernels;

namespace Nabla.Tests.Kernels;

[Collection(Machine.Name)]
public sealed class PoolingTests : MachineTests
{
    private const int Planes = 5;

    private static readonly PoolSizes[] cases =
    [
        .. from height in (int[])[2, 3, 6]
           from width in Enumerable.Range(2, 66)
           select new PoolSizes(height, width, 2, 2, 0),
        .. from kernel in Enumerable.Range(1, 4)
           from stride in Enumerable.Range(1, 4)
           from padding in Enumerable.Range(0, kernel / 2 + 1)
           select new PoolSizes(7, 9, kernel, stride, padding),
        new(64, 64, 2, 2, 0), new(60, 61, 3, 2, 1),
    ];

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void The_maximum_of_a_window_agrees_with_the_naive_twin(string instructionSet)
    {
        Use(instructionSet);
        foreach (var threads in (ReadOnlySpan<int>)[1, 5])
            foreach (var sizes in cases)
                foreach (var special in (ReadOnlySpan<float>)[0, float.NaN, float.NegativeInfinity])
                {
                    Workers.Threads = threads;
                    var numbers = TestNumbers.Whole(Planes * sizes.Height * sizes.Width, 1);
                    var derivatives = TestNumbers.Uniform(Planes * sizes.OutputHeight * sizes.OutputWidth, 2);
                    for (var i = 0; i < numbers.Length; i++)
                        if (i % 3 == 0 || i < sizes.Width + 2)
                            numbers[i] = special;
                    Guarded x = new(numbers), dX = new(numbers.Length);
                    Guarded y = new(derivatives.Length), dY = new(derivatives), winners = new(derivatives.Length);
                    MaxPooling.Forward(x.Values, y.Values, winners.Values, sizes);
                    MaxPooling.Backward(dY.Values, winners.Values, dX.Values, sizes);
                    var (expected, expectedDX) = Largest(numbers, derivatives, sizes);
                    var where = $"{sizes}, {special} among the pixels";
                    TestNumbers.AssertSameBits(expected, y.Values, where);
                    TestNumbers.AssertSameBits(expectedDX, dX.Values, where + ", dX");
                    foreach (var guarded in (Guarded[])[y, winners, dX])
                        guarded.AssertIntact(where);
                    MaxPooling.Forward(x.Values, y.Values, [], sizes);
                    TestNumbers.AssertSameBits(expected, y.Values, where + ", without winners");
                }
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void The_mean_of_a_window_agrees_with_the_naive_twin(string instructionSet)
    {
        Use(instructionSet);
        foreach (var threads in (ReadOnlySpan<int>)[1, 5])
            foreach (var sizes in cases)
            {
                Workers.Threads = threads;
                var numbers = TestNumbers.Uniform(Planes * sizes.Height * sizes.Width, 1);
                var derivatives = TestNumbers.Uniform(Planes * sizes.OutputHeight * sizes.OutputWidth, 2);
                Guarded x = new(numbers), dY = new(derivatives), y = new(derivatives.Length), dX = new(numbers.Length);
                AveragePooling.Forward(x.Values, y.Values, sizes);
                AveragePooling.Backward(dY.Values, dX.Values, sizes);
                float[] expected = new float[derivatives.Length], expectedDX = new float[numbers.Length];
                float area = sizes.Kernel * sizes.Kernel;
                foreach (var (output, pixels) in Windows(sizes))
                {
                    foreach (var (_, pixel) in pixels)
                        expected[output] += numbers[pixel];
                    expected[output] /= area;
                    foreach (var (_, pixel) in pixels)
                        expectedDX[pixel] += derivatives[output] / area;
                }
                TestNumbers.AssertSameBits(expected, y.Values, $"{sizes}");
                TestNumbers.AssertSameBits(expectedDX, dX.Values, $"{sizes}, dX");
                y.AssertIntact($"{sizes}");
                dX.AssertIntact($"{sizes}, dX");
            }
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void Channels_are_summed_over_pixels_and_examples(string instructionSet)
    {
        Use(instructionSet);
        (int, int, int)[] shapes = [(1, 1, 1), (3, 4, 15), (2, 3, 16), (5, 2, 17), (4, 33, 100), (7, 20, 784)];
        foreach (var threads in (ReadOnlySpan<int>)[1, 5])
            foreach (var (examples, channels, pixels) in shapes)
            {
                Workers.Threads = threads;
                Guarded x = new(TestNumbers.Whole(examples * channels * pixels, 1)), sums = new(channels);
                Reductions.SumChannels(x.Values, sums.Values, pixels);
                for (var c = 0; c < channels; c++)
                {
                    var expected = 0.0;
                    for (var n = 0; n < examples; n++)
                        foreach (var value in x.Values.Slice((n * channels + c) * pixels, pixels))
                            expected += value;
                    Assert.Equal(expected, sums.Values[c]);
                }
                sums.AssertIntact($"{examples} × {channels} × {pixels}");
            }
    }

    /// <summary>The first of the largest values, in the order in which PyTorch reads a window.</summary>
    private static (float[] Y, float[] DX) Largest(float[] x, float[] dY, PoolSizes sizes)
    {
        float[] y = new float[dY.Length], dX = new float[x.Length];
        foreach (var (output, pixels) in Windows(sizes))
        {
            var (largest, winner) = (float.NegativeInfinity, pixels[0].Pixel);
            foreach (var (_, pixel) in pixels)
                if (x[pixel] > largest || float.IsNaN(x[pixel]))
                    (largest, winner) = (x[pixel], pixel);
            y[output] = largest;
            dX[winner] += dY[output];
        }
        return (y, dX);
    }

    /// <summary>
    /// Each output, and the pixels of its window that are in the image, with their indices in the window.
    /// </summary>
    private static IEnumerable<(int Output, List<(int Number, int Pixel)> Pixels)> Windows(PoolSizes s)
    {
        var output = 0;
        for (var plane = 0; plane < Planes; plane++)
            for (var r = 0; r < s.OutputHeight; r++)
                for (var q = 0; q < s.OutputWidth; q++, output++)
                {
                    var pixels = new List<(int, int)>();
                    for (var k = 0; k < s.Kernel * s.Kernel; k++)
                    {
                        int u = r * s.Stride - s.Padding + k / s.Kernel, v = q * s.Stride - s.Padding + k % s.Kernel;
                        if (u >= 0 && u < s.Height && v >= 0 && v < s.Width)
                            pixels.Add((k, (plane * s.Height + u) * s.Width + v));
                    }
                    yield return (output, pixels);
                }
    }
}
