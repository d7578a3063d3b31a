using System.Diagnostics;
using System.Text.Json.Nodes;
using Nabla.Cli;
using Nabla.Data;
using Nabla.Doctor;

namespace Nabla.Benchmarks;

/// <summary>
/// The cost of a training that survives. Compares a bare loop of shuffle, gradient and update with the same training
/// plus what <c>train</c> does by default. The parts are added one by one: a check of cost and gradient before each
/// update; the doctor; a run folder with its lock, checkpoints and models. All variants run alternately, and all end
/// with the same weights, bit for bit.
/// </summary>
/// <remarks>None of them evaluates the network after an epoch: evaluation has its own price.</remarks>
internal static class ReliabilityBenchmark
{
    private static readonly TrainRequest classic = new()
    {
        Data = "mnist",
        Network = "classic",
        Schedule = "constant",
        LearningRate = 0.5,
    };

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
        var (rounds, epochs) = (arguments.Whole("rounds", 8), arguments.Whole("epochs", 30));
        var lenet = adam with { Network = "lenet", BatchSize = 64 };
        return new()
        {
            ["classic-32"] = Compare(train, classic, rounds, epochs),
            ["784-128-10-adam-128"] = Compare(train, adam, rounds, epochs),
            ["lenet-adam-64"] = Compare(train, lenet, rounds, Math.Max(1, epochs / 10)),
        };
    }

    private static JsonObject Compare(Dataset train, TrainRequest request, int rounds, int epochs)
    {
        var settings = TrainSettings.From(request with { Seed = 1, Epochs = epochs }, train);
        (string Name, Func<TrainSettings, Measured> Run)[] kinds =
        [
            ("bare", it => Bare(train, it)),
            ("non-finite numbers looked for", it => Watched(train, it, doctor: null)),
            ("and a doctor", it => Watched(train, it, new())),
            ("and a run folder: all", it => Whole(train, it)),
        ];
        foreach (var (_, run) in kinds)
            _ = run(settings with { Epochs = 1 });              // compiles the code
        var found = new Measured[kinds.Length][];
        for (var kind = 0; kind < kinds.Length; kind++)
            found[kind] = new Measured[rounds];
        for (var round = 0; round < rounds; round++)
        {
            for (var turn = 0; turn < kinds.Length; turn++)
            {
                var kind = (turn + round) % kinds.Length;       // rotates: a drift of the machine hits all alike
                found[kind][round] = kinds[kind].Run(settings);
            }
            if (found.Any(runs => !runs[round].Weights.AsSpan().SequenceEqual(found[0][round].Weights)))
                throw new InvalidDataException("The trainings reached different weights: they do not do the same.");
        }
        JsonObject table = [];
        for (var kind = 0; kind < kinds.Length; kind++)
            table[kinds[kind].Name] = new JsonObject
            {
                ["seconds"] = found[kind].Select(run => run.Seconds).Order().ElementAt(rounds / 2),
                ["cost"] = Spread(found[kind].Zip(found[0], (whole, bare) => whole.Seconds / bare.Seconds - 1)),
                ["costInProcessorTime"] =
                    Spread(found[kind].Zip(found[0], (whole, bare) => whole.Processor / bare.Processor - 1)),
            };
        return table;
    }

    /// <summary>Shuffle, gradient, update, with the public API. The random stream is the trainer's.</summary>
    private static Measured Bare(Dataset train, TrainSettings settings) =>
        Measure(train, settings, (network, trainer) =>
        {
            const ulong shuffleStream = 0x7EA1;
            var optimizer = settings.MakeOptimizer();
            var backpropagation = new Backpropagation(network, Parse.Loss(settings.Loss));
            var random = new RandomGenerator(settings.Seed, shuffleStream);
            int[] order = [.. Enumerable.Range(0, train.Count)];
            Matrix x = new(settings.BatchSize, train.Inputs), target = new(settings.BatchSize, train.Outputs);
            for (var epoch = 1; epoch <= settings.Epochs; epoch++)
            {
                random.Shuffle(order);
                for (var first = 0; first < order.Length; first += settings.BatchSize)
                {
                    var count = Math.Min(settings.BatchSize, order.Length - first);
                    train.CopyTo(order.AsSpan(first, count), x.FirstRows(count), target.FirstRows(count));
                    backpropagation.Run(x.FirstRows(count), target.FirstRows(count));
                    optimizer.Update(network.Parameters);
                }
            }
        });

    private static Measured Watched(Dataset train, TrainSettings settings, TrainingDoctor? doctor) =>
        Measure(train, settings, (network, trainer) =>
        {
            var options = settings.MakeOptions(validation: null) with { Observers = doctor is null ? [] : [doctor] };
            _ = trainer.Train(train, options).Count();
        });

    private static Measured Whole(Dataset train, TrainSettings settings)
    {
        var path = Path.Combine(Path.GetTempPath(), $"nabla-reliability-{Environment.ProcessId}");
        try
        {
            return Measure(train, settings, (network, trainer) =>
            {
                using var folder = RunFolder.Create(path, settings);
                var best = new Network(train.Shape, Parse.Layers(settings.Layers), seed: null);
                var run = new RunRecord(train, best, settings, saveEvery: null) { Folder = folder };
                var options = settings.MakeOptions(validation: null) with { Observers = [new TrainingDoctor(), run] };
                _ = trainer.Train(train, options).Count();
                run.Save(checkpoint: null);
            });
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static Measured Measure(Dataset train, TrainSettings settings, Action<Network, Trainer> work)
    {
        var network = new Network(train.Shape, Parse.Layers(settings.Layers), settings.Seed);
        var trainer = new Trainer(network, Parse.Loss(settings.Loss), settings.MakeOptimizer());
        var (started, before) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        work(network, trainer);
        return new(
            Stopwatch.GetElapsedTime(started).TotalSeconds,
            (Environment.CpuUsage.TotalTime - before).TotalSeconds,
            network.Parameters.Values.Values.ToArray());
    }

    /// <summary>The median, and the quartiles on both sides of it.</summary>
    private static JsonObject Spread(IEnumerable<double> ratios)
    {
        double[] sorted = [.. ratios.Order()];
        return new()
        {
            ["median"] = sorted[sorted.Length / 2],
            ["lowerQuartile"] = sorted[sorted.Length / 4],
            ["upperQuartile"] = sorted[sorted.Length * 3 / 4],
        };
    }

    private sealed record Measured(double Seconds, double Processor, float[] Weights);
}
