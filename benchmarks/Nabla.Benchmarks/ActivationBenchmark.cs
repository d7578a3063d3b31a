using System.Diagnostics;
using System.Text.Json.Nodes;
using Nabla.Tests.Outside;

namespace Nabla.Benchmarks;

/// <summary>
/// A user's activation beside the library's: a network of one layer, Swish or Silu, forward and backward,
/// alternately. The Swish is that of tests/Nabla.Tests.Outside, which is written with the public API alone.
/// </summary>
internal static class ActivationBenchmark
{
    public static JsonObject Run(Arguments arguments)
    {
        int rows = arguments.Whole("batch", 32), columns = arguments.Whole("width", 128);
        int rounds = arguments.Whole("rounds", 1001), values = arguments.Whole("values", 200_000);
        var repeats = Math.Max(1, values / (rows * columns));
        Activation silu = new Silu(), swish = new Swish();
        Matrix x = new(rows, columns), y = new(rows, columns), dY = new(rows, columns), dX = new(rows, columns);
        var random = new RandomGenerator(1);
        for (var i = 0; i < x.Values.Length; i++)
            (x.Values[i], dY.Values[i]) = ((float)random.NextNormal(), (float)random.NextNormal());
        var pass = new Pass(new LayerSequence(columns, [silu, swish]), rows, random);
        double[] siluTimes = new double[rounds], swishTimes = new double[rounds];
        for (var round = -100; round < rounds; round++)             // the first hundred compile
        {
            var swishFirst = round % 2 == 0;                        // whatever drifts is shared fairly
            var first = Time(swishFirst ? swish : silu);
            var second = Time(swishFirst ? silu : swish);
            if (round >= 0)
                (siluTimes[round], swishTimes[round]) = swishFirst ? (second, first) : (first, second);
        }
        return new()
        {
            ["siluNanosecondsPerValue"] = siluTimes.Min(),          // the shortest: other programs only make it longer
            ["swishNanosecondsPerValue"] = swishTimes.Min(),
            ["ratio"] = swishTimes.Min() / siluTimes.Min(),
            ["medianRatio"] = Median([.. swishTimes.Zip(siluTimes, (swish, silu) => swish / silu)]),
        };

        double Time(Activation activation)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < repeats; i++)
            {
                activation.Forward(x, y, pass);
                activation.Backward(x, y, dY, dX, pass);
            }
            return Stopwatch.GetElapsedTime(start).TotalNanoseconds / ((double)repeats * rows * columns);
        }
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
