using System.Diagnostics;
using System.Text.Json.Nodes;
using Nabla.Algebra;
using Nabla.Cli;
using Nabla.Data;
using Nabla.Files;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Training;

namespace Nabla.Benchmarks;

/// <summary>
/// What it costs that a training survives: a bare loop of shuffle, gradient and update against the same training with all that <c>train</c> does by default (a run folder with its
/// lock, checkpoints and models, a look at cost and gradient before each update, the doctor), in turns. Both end with the same weights, bit for bit.
/// </summary>
/// <remarks>Neither evaluates the network after an epoch: to know how good it is has its price without all this.</remarks>
internal static class ReliabilityBenchmark
{
    private static readonly TrainRequest classic = new() { Data = "mnist", Network = "classic", Schedule = "constant", LearningRate = 0.5 };

    private static readonly TrainRequest adam = new()
    {
        Data = "mnist",
        Network = "dense 128, relu, dense 10",
        Loss = "softmax-cross-entropy",
        Optimizer = "adam",
        LearningRate = 0.001,
        BatchSize = 128,
        Schedule = "constant",
        Augment = "none",
    };

    public static JsonObject Run(Arguments arguments)
    {
        var (train, _) = arguments.Mnist();
        var (rounds, epochs) = (arguments.Whole("rounds", 9), arguments.Whole("epochs", 30));
        return new() { ["classic-32"] = Compare(train, classic, rounds, epochs), ["784-128-10-adam-128"] = Compare(train, adam, rounds, epochs) };
    }

    private static JsonObject Compare(Dataset train, TrainRequest request, int rounds, int epochs)
    {
        var settings = TrainSettings.From(request with { Seed = 1, Epochs = epochs }, train);
        _ = Bare(train, settings with { Epochs = 1 });          // compiles
        _ = Whole(train, settings with { Epochs = 1 });
        Measured[] bare = new Measured[rounds], whole = new Measured[rounds];
        for (var round = 0; round < rounds; round++)
        {
            var wholeFirst = round % 2 == 0;                    // whatever drifts is shared fairly
            if (wholeFirst)
                whole[round] = Whole(train, settings);
            bare[round] = Bare(train, settings);
            if (!wholeFirst)
                whole[round] = Whole(train, settings);
            if (!bare[round].Weights.AsSpan().SequenceEqual(whole[round].Weights))
                throw new InvalidDataException("The two trainings have come to other weights: they do not do the same.");
        }
        return new()
        {
            ["secondsBare"] = bare.Select(run => run.Seconds).Order().ElementAt(rounds / 2),
            ["secondsWhole"] = whole.Select(run => run.Seconds).Order().ElementAt(rounds / 2),
            ["cost"] = Spread(whole.Zip(bare, (a, b) => a.Seconds / b.Seconds - 1)),
            ["costInProcessorTime"] = Spread(whole.Zip(bare, (a, b) => a.Processor / b.Processor - 1)),
        };
    }

    private static Measured Bare(Dataset train, TrainSettings settings) => Measure(train, settings, (network, trainer) =>
    {
        var optimizer = settings.MakeOptimizer();
        var random = new RandomGenerator(settings.Seed, Trainer.ShuffleStream);
        using var batches = new Batches(train, settings.BatchSize);
        for (var epoch = 1; epoch <= settings.Epochs; epoch++)
        {
            batches.Shuffle(random, epoch);
            for (var step = 0; step < batches.Count; step++)
            {
                var (x, target) = batches[step];
                trainer.ComputeGradients(x, target);
                optimizer.Update(network.Parameters);
            }
        }
    });

    private static Measured Whole(Dataset train, TrainSettings settings)
    {
        var path = Path.Combine(Path.GetTempPath(), $"nabla-reliability-{Environment.ProcessId}");
        try
        {
            return Measure(train, settings, (network, trainer) =>
            {
                using var folder = RunFolder.Create(path, settings);
                var best = new Network(train.Shape, LayerList.Parse(settings.Layers), seed: null);
                var run = new RunRecord(folder, new Model(network, LossList.Parse(settings.Loss)) { Classes = train.Classes, ImageSize = train.ImageSize }, best, settings, saveEvery: null);
                foreach (var epoch in trainer.Train(train, settings.MakeOptions(validation: null, _ => run.AfterStep(trainer)) with { Doctor = new() }))
                    run.Add(epoch, trainer);
                run.Save(trainer.Interrupted);
            });
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static Measured Measure(Dataset train, TrainSettings settings, Action<Network, Trainer> work)
    {
        var network = new Network(train.Shape, LayerList.Parse(settings.Layers), settings.Seed);
        var trainer = new Trainer(network, LossList.Parse(settings.Loss), settings.MakeOptimizer());
        var (started, before) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        work(network, trainer);
        return new(Stopwatch.GetElapsedTime(started).TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds, network.Parameters.Values.Values.ToArray());
    }

    /// <summary>The median, and the quarters on both sides of it.</summary>
    private static JsonObject Spread(IEnumerable<double> ratios)
    {
        double[] sorted = [.. ratios.Order()];
        return new() { ["median"] = sorted[sorted.Length / 2], ["lowerQuartile"] = sorted[sorted.Length / 4], ["upperQuartile"] = sorted[sorted.Length * 3 / 4] };
    }

    private sealed record Measured(double Seconds, double Processor, float[] Weights);
}
