using System.Diagnostics;
using System.Text.Json.Nodes;
using Nabla.Tests.Outside;

namespace Nabla.Benchmarks;

/// <summary>
/// A user's activation beside the library's: a network of sixteen layers of Swish or of Silu, forward and backward,
/// alternately. The Swish is that of tests/Nabla.Tests.Outside, which is written with the public API alone.
/// </summary>
internal static class ActivationBenchmark
{
    private const int Layers = 16;

    public static JsonObject Run(Arguments arguments)
    {
        int rows = arguments.Whole("batch", 32), columns = arguments.Whole("width", 128);
        int rounds = arguments.Whole("rounds", 1001), values = arguments.Whole("values", 200_000);
        var repeats = Math.Max(1, values / (rows * columns * Layers));
        var random = new RandomGenerator(1);
        Matrix x = new(rows, columns), target = new(rows, columns);
        foreach (ref var value in x.Values)
            value = (float)random.NextNormal();
        var (silu, swish) = (Backward(() => new Silu()), Backward(() => new Swish()));
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

        Backpropagation Backward(Func<Layer> make)
        {
            Layer[] layers = [.. Enumerable.Range(0, Layers).Select(_ => make())];
            return new(new Network(new Shape(columns, 1, 1), layers), new SquaredError());
        }

        double Time(Backpropagation backpropagation)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < repeats; i++)
                backpropagation.Run(x, target);
            return Stopwatch.GetElapsedTime(start).TotalNanoseconds / ((double)repeats * rows * columns * Layers);
        }
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
