using System.Text.Json.Nodes;

namespace Nabla.Benchmarks;

/// <summary>
/// Trains on MNIST. Reports the seconds of every epoch, shuffling and gathering included, and the test accuracy at the
/// end.
/// </summary>
internal static class EpochBenchmark
{
    public static JsonObject Run(Arguments arguments)
    {
        var (train, test) = arguments.Mnist();
        train = train.Take(arguments.Whole("examples", train.Count));
        var network = arguments.MakeNetwork(train.Shape);
        var loss = arguments.MakeLoss();
        var trainer = new Trainer(network, loss, arguments.MakeOptimizer());
        var options = new TrainingOptions
        {
            Epochs = arguments.Whole("epochs", 2),
            BatchSize = arguments.Whole("batch", 32),
            Seed = (ulong)arguments.Whole("seed", 1),
        };
        var seconds = new JsonArray();
        foreach (var epoch in trainer.Train(train, options))
            seconds.Add((JsonNode)epoch.Seconds);
        return new() { ["seconds"] = seconds, ["accuracy"] = Evaluation.Of(network, loss, test).Accuracy };
    }
}
