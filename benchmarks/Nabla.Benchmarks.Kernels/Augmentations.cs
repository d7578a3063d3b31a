using BenchmarkDotNet.Attributes;
using Nabla.Data;

namespace Nabla.Benchmarks.Kernels;

/// <summary>
/// An epoch of 1000 images of 28 × 28 with a network that costs hardly anything. What an augmentation costs is the
/// difference from "none".
/// </summary>
public class Augmentations
{
    private Trainer trainer = null!;
    private TrainingOptions options = null!;
    private Dataset data = null!;

    [Params("none", "cutout 8", "light", "elastic", "elastic 4 34")]
    public string Name { get; set; } = "";

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Compute.Threads = Threads;
        data = SyntheticData.Digits(1000);
        var network = new Network(new Dense(784, 1), new Dense(1, 10));
        trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(1e-6));
        options = new()
        {
            Epochs = 1,
            BatchSize = 100,
            Augmentation = Name == "none" ? null : Parse.Augmentation(Name),
        };
    }

    [Benchmark(Description = "1000 images")]
    public double Epoch() => trainer.Train(data, options).Last().TrainLoss;
}
