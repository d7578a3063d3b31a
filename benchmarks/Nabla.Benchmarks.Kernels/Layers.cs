using BenchmarkDotNet.Attributes;

namespace Nabla.Benchmarks.Kernels;

/// <summary>An activation alone: a network of one small layer and the activation.</summary>
public class Activations
{
    private Network network = null!;
    private Matrix x, y;

    [Params("sigmoid", "tanh", "relu", "leaky-relu", "softmax")]
    public string Name { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        Compute.Threads = 1;
        network = new Network(1, Parse.Layers($"dense 1024, {Name}"));
        (x, y) = (Random.Uniform(256, 1, 1), new Matrix(256, 1024));
    }

    [Benchmark(Description = "256 × 1024 outputs")]
    public void Forward() => network.Predict(x, y);
}

/// <summary>One update of a million parameters.</summary>
public class Updates
{
    private Network network = null!;
    private Optimizer optimizer = null!;

    [Params("sgd", "momentum", "adam", "adamw")]
    public string Name { get; set; } = "";

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Compute.Threads = Threads;
        network = new Network(new Dense(1024, 1024));
        optimizer = Name switch
        {
            "sgd" => new Sgd(1e-6),
            "momentum" => new Sgd(1e-6) { Momentum = 0.9 },
            "adam" => new Adam(1e-6),
            _ => new AdamW(1e-6),
        };
        Random.Uniform(1, network.Parameters.Count, 1).Values.CopyTo(network.Parameters.Gradients.Values);
    }

    [Benchmark(Description = "w ← w − step")]
    public void Update() => optimizer.Update(network.Parameters);
}

/// <summary>A whole step of training: forward, backward, update.</summary>
public class Steps
{
    private Trainer trainer = null!;
    private Matrix x, target;

    [Params("classic", "128", "512-512")]
    public string Name { get; set; } = "";

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Compute.Threads = Threads;
        var (layers, batch) = Name switch
        {
            "classic" => ("dense 16, sigmoid, dense 16, sigmoid, dense 10, sigmoid", 32),
            "128" => ("dense 128, relu, dense 10", 128),
            _ => ("dense 512, relu, dense 512, relu, dense 10", 128),
        };
        Loss loss = Name == "classic" ? new SquaredError() : new SoftmaxCrossEntropy();
        trainer = new Trainer(new Network(784, Parse.Layers(layers)), loss, new Sgd(1e-6));
        (x, target) = (Random.Uniform(batch, 784, 1), new Matrix(batch, 10));
        for (var i = 0; i < batch; i++)
            target[i, i % 10] = 1;
    }

    [Benchmark(Description = "one step")]
    public double Step() => trainer.Step(x, target);
}
