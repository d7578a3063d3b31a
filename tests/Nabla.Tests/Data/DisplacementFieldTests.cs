using Nabla.Data;

namespace Nabla.Tests.Data;

public sealed class DisplacementFieldTests
{
    private const int Height = 11, Width = 14, Fields = 4000;

    /// <summary>With one noise node for each pixel, and with fewer.</summary>
    [Theory]
    [InlineData(2, 10)]
    [InlineData(3, 10)]
    [InlineData(4, 34)]
    [InlineData(6, 36)]
    [InlineData(13, 100)]
    public void Displacements_have_the_mean_deviation_and_smoothness_of_the_theory(double sigma, double alpha)
    {
        var field = new DisplacementField(new RandomElastic(sigma, alpha), new(Height, Width));
        var buffers = field.NewBuffers();
        var random = new RandomGenerator(1);
        (int Y, int X)[] places = [(0, 0), (5, 6), (10, 13)];
        double[] mean = new double[3], square = new double[3];
        double[] rightOfIt = new double[3], other = new double[3], far = new double[3];
        for (var f = 0; f < Fields; f++)
        {
            field.Draw(random, buffers);
            for (var p = 0; p < places.Length; p++)
            {
                var (y, x) = places[p];
                double u = buffers.Dx[y, x], v = buffers.Dy[y, x];
                mean[p] += u / Fields;
                square[p] += u * u / Fields;
                other[p] += u * v / Fields;
                rightOfIt[p] += u * buffers.Dx[y, x == 0 ? 2 : x - 2] / Fields;
                far[p] += v * buffers.Dy[y == 0 ? 7 : y - 5, x == 0 ? 3 : x - 3] / Fields;
            }
        }
        // As the documentation states, in the middle as at the edges.
        var variance = alpha * alpha / (sigma * sigma * 12 * Math.PI);
        double Correlation(double squaredDistance) => variance * Math.Exp(-squaredDistance / (4 * sigma * sigma));
        var tolerance = 5 * Math.Sqrt(2.0 / Fields) * variance;
        for (var p = 0; p < places.Length; p++)
        {
            Assert.Equal(0, mean[p], 5 * Math.Sqrt(variance / Fields));
            Assert.Equal(variance, square[p], tolerance);
            Assert.Equal(0, other[p], tolerance);
            Assert.Equal(Correlation(4), rightOfIt[p], tolerance);
            Assert.Equal(Correlation(p == 0 ? 49 + 9 : 25 + 9), far[p], tolerance);
        }
    }

    /// <summary>
    /// Exact: every displacement is a weighted sum of noise. So its variance is the sum of the squared weights, and the
    /// weights are the fields of single nodes.
    /// </summary>
    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(9.5)]
    public void Fewer_nodes_of_noise_change_neither_deviation_nor_correlation(double sigma)
    {
        var field = new DisplacementField(new RandomElastic(sigma, 1), new(1, 8));
        var buffers = field.NewBuffers();
        double[] square = new double[8], withNext = new double[8];
        for (var node = 0; node < buffers.Noise.Rows / 2 * buffers.Noise.Columns; node++)
        {
            buffers.Noise.Values.Clear();
            buffers.Noise.Values[node] = 1;
            field.Smooth(buffers);
            for (var x = 0; x < 8; x++)
            {
                square[x] += Math.Pow(buffers.Dx[0, x], 2);
                withNext[x] += (double)buffers.Dx[0, x] * buffers.Dx[0, (x + 3) % 8];
            }
        }
        var expected = 1 / (4 * Math.PI * sigma * sigma);
        for (var x = 0; x < 8; x++)
        {
            Assert.Equal(1, square[x] / expected, 3e-4);                        // the tails beyond 4σ are missing
            var distance = (x + 3) % 8 - x;
            Assert.Equal(Math.Exp(-distance * distance / (4 * sigma * sigma)), withNext[x] / expected, 3e-4);
        }
    }

    [Fact]
    public void A_narrow_bell_leaves_the_noise_as_it_is()
    {
        var field = new DisplacementField(new RandomElastic(0.01, 1), new(2, 3));
        var buffers = field.NewBuffers();
        field.Draw(new RandomGenerator(1), buffers);
        for (var y = 0; y < 2; y++)
            Assert.Equal(buffers.Noise.Row(y + 1)[1..4].ToArray(), buffers.Dx.Row(y).ToArray());
    }
}
