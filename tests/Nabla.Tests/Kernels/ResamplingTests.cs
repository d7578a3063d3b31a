using Nabla.Kernels;

namespace Nabla.Tests.Kernels;

[Collection(Machine.Name)]
public sealed class ResamplingTests : MachineTests
{
    private static readonly (int Height, int Width)[] sizes =
        [(1, 1), (2, 3), (5, 15), (3, 16), (4, 17), (7, 33), (28, 28)];

    /// <summary>Straight lines through the image and far beyond it, and lines along the pixels themselves.</summary>
    private static readonly RowOrigin[] origins =
    [
        new(0, 1, 0, 0), new(-0.4f, 1.1f, 1.7f, -0.2f), new(30, -1.3f, -3, 0.45f), new(-1, 0.5f, -1, 0.5f),
        new(-100, 0, 50, 0), new(1e30f, 1, -1e30f, 1),
    ];

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void A_row_agrees_with_bilinear_interpolation_in_double_precision(string instructionSet)
    {
        Use(instructionSet);
        foreach (var (height, width) in sizes)
            foreach (var origin in origins)
                foreach (var displaced in (ReadOnlySpan<bool>)[false, true])
                {
                    var (image, source) = Image(height, width, background: 77);
                    float[] dx = displaced ? TestNumbers.Uniform(width, 1) : [];
                    float[] dy = displaced ? TestNumbers.Uniform(width, 2) : [];
                    var actual = new Guarded(width);
                    Resampling.Row(
                        source, origin, new Guarded(dx).Values, new Guarded(dy).Values, actual.Values, 1 / 255f);
                    for (var i = 0; i < width; i++)
                    {
                        var x = origin.X + (double)i * origin.StepX + (displaced ? dx[i] : 0);
                        var y = origin.Y + (double)i * origin.StepY + (displaced ? dy[i] : 0);
                        Assert.Equal(NaiveResampling.At(image, height, width, 77, x, y) / 255, actual.Values[i], 2e-5);
                    }
                    actual.AssertIntact($"{height} × {width}");
                }
    }

    [Fact]
    public void Every_instruction_set_gives_the_same_bits()
    {
        foreach (var (height, width) in sizes)
        {
            var (_, source) = Image(height, width, background: 0);
            float[] dx = TestNumbers.Uniform(width, 3), dy = TestNumbers.Uniform(width, 4), actual = new float[width];
            float[]? expected = null;
            foreach (var set in Machine.Available)
            {
                Processor.Current = set;
                Resampling.Row(source, new(0.3f, 0.9f, 0.1f, 0.07f), dx, dy, actual, 0.7f);
                expected ??= [.. actual];
                TestNumbers.AssertSameBits(expected, actual, $"{set}, {height} × {width}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void At_whole_pixels_nothing_changes(string instructionSet)
    {
        Use(instructionSet);
        foreach (var (height, width) in sizes)
        {
            var (image, source) = Image(height, width, background: 200);
            var row = new float[width];
            for (var y = 0; y < height; y++)
            {
                Resampling.Row(source, new(0, 1, y, 0), [], [], row, 1 / 255f);
                float[] expected = [.. image[(y * width)..((y + 1) * width)].Select(p => p * (1 / 255f))];
                TestNumbers.AssertSameBits(expected, row, $"{height} × {width}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void A_NaN_or_infinite_position_is_background(string instructionSet)
    {
        Use(instructionSet);
        var (_, source) = Image(3, 5, background: 9);
        var row = new float[5];
        float[] dx = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0, 0];
        Resampling.Row(source, new(0, 1, 1, 0), dx, [0, 0, 0, float.NaN, 1e38f], row, 1);
        Assert.All(row, value => Assert.Equal(9, value));
    }

    [Fact]
    public void Too_few_displacements_are_refused()
    {
        var (_, source) = Image(3, 5, background: 0);
        Assert.Throws<ArgumentException>(() =>
            Resampling.Row(source, default, new float[4], new float[4], new float[5], 1));
        Assert.Throws<ArgumentException>(() => Resampling.Row(source, default, new float[5], [], new float[5], 1));
    }

    private static (byte[] Image, BorderedImage Source) Image(int height, int width, byte background)
    {
        byte[] image = [.. Enumerable.Range(0, height * width).Select(i => (byte)(i * 89 + 17))];
        var source = new BorderedImage(height, width, background);
        source.Set(image);
        return (image, source);
    }
}

/// <summary>Bilinear interpolation by its definition, in double precision.</summary>
internal static class NaiveResampling
{
    /// <summary>The image at (x, y). Outside the image, every pixel is background.</summary>
    public static double At(byte[] image, int height, int width, byte background, double x, double y)
    {
        double left = Math.Floor(x), above = Math.Floor(y);
        double Pixel(double column, double row) =>
            column >= 0 && column < width && row >= 0 && row < height
                ? image[(int)row * width + (int)column]
                : background;
        double right = x - left, down = y - above;
        return (1 - down) * ((1 - right) * Pixel(left, above) + right * Pixel(left + 1, above))
            + down * ((1 - right) * Pixel(left, above + 1) + right * Pixel(left + 1, above + 1));
    }
}
