using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Nabla.Benchmarks;

/// <summary>C = A·B, all three <c>--size</c> × <c>--size</c>. Reports the seconds of each product.</summary>
internal static class ProductBenchmark
{
    public static JsonObject Run(Arguments arguments)
    {
        var n = arguments.Whole("size", 1024);
        Matrix a = Uniform(n, 1), b = Uniform(n, 2), c = new(n, n);
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started).TotalSeconds < 0.5;)
            c.Set(a * b);                                   // until the JIT has finished with it
        var seconds = new JsonArray();
        var first = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(first).TotalSeconds < 1 || seconds.Count < 5)
        {
            var started = Stopwatch.GetTimestamp();
            c.Set(a * b);
            seconds.Add((JsonNode)Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
        return new() { ["seconds"] = seconds };
    }

    private static Matrix Uniform(int n, ulong seed)
    {
        var matrix = new Matrix(n, n);
        var random = new RandomGenerator(seed);
        foreach (ref var value in matrix.Values)
            value = (float)random.NextUniform(-0.5, 0.5);
        return matrix;
    }
}
