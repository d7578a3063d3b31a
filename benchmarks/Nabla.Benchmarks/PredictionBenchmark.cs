using System.Diagnostics;
using System.Text.Json.Nodes;
using Nabla.Data;

namespace Nabla.Benchmarks;

/// <summary>
/// One prediction for one image, as a program would request it. Reports the seconds of one prediction, for each of
/// several runs of many.
/// </summary>
internal static class PredictionBenchmark
{
    private const int Images = 100, Runs = 31, Repeats = 50;

    public static JsonObject Run(Arguments arguments)
    {
        var (_, test) = arguments.Mnist();
        var model = new Model(arguments.MakeNetwork(test.Inputs), arguments.MakeLoss());
        float[][] images =
        [
            .. Enumerable.Range(0, Images)
                .Select(i => (float[])[.. test.Image(i).ToArray().Select(p => p * ImageSize.PixelScale)]),
        ];
        var output = new float[model.Network.Outputs];
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started).TotalSeconds < 0.5;)
            foreach (var image in images)
                model.Predict(image, output);               // until the JIT has finished with it

        var seconds = new JsonArray();
        for (var run = 0; run < Runs; run++)
        {
            var started = Stopwatch.GetTimestamp();
            for (var repeat = 0; repeat < Repeats; repeat++)
                foreach (var image in images)
                    model.Predict(image, output);
            seconds.Add((JsonNode)(Stopwatch.GetElapsedTime(started).TotalSeconds / (Repeats * Images)));
        }
        return new() { ["seconds"] = seconds };
    }
}
