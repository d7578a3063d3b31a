using Nabla.Data;

namespace Nabla.Tests.Training;

/// <summary>Small data sets, losses and optimisers for training.</summary>
internal static class Examples
{
    /// <summary>Exclusive or: the smallest task that a single layer cannot learn.</summary>
    public static (Matrix X, Matrix Target) Xor => (new([0, 0, 0, 1, 1, 0, 1, 1], 0, 4, 2), new([0, 1, 1, 0], 0, 4, 1));

    /// <summary>Clouds of points around one centre for each class.</summary>
    public static Dataset Clouds(int count, int inputs, int classes, ulong seed)
    {
        var random = new RandomGenerator(seed, stream: 0xC10D);
        var x = new Matrix(count, inputs);
        var labels = new int[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = i % classes;
            for (var j = 0; j < inputs; j++)
                x[i, j] = (float)(0.3 * random.NextNormal() + (j % classes == labels[i] ? 1 : 0));
        }
        return Dataset.FromNumbers("clouds", x, labels, [.. Enumerable.Range(0, classes).Select(c => $"class {c}")]);
    }

    /// <summary>Examples whose input is their own number, from 1, and whose target is 0.</summary>
    public static Dataset Numbered(int count)
    {
        float[] numbers = [.. Enumerable.Range(1, count).Select(i => (float)i)];
        return Dataset.FromNumbers("numbered", new(numbers, 0, count, 1), new(count, 1));
    }

    /// <summary>
    /// A network that returns its inputs, so that an example's inputs determine its prediction. A last layer may
    /// follow.
    /// </summary>
    public static Network Identity(int size, Layer? last = null)
    {
        var dense = new Dense(size, size);
        var network = last is null ? new Network(dense) : new Network(dense, last);
        network.Parameters.Values.Values.Clear();
        for (var i = 0; i < size; i++)
            dense.Weights.Value[i, i] = 1;
        return network;
    }

    public static Loss LossNamed(string name) => Parse.Loss(name);

    public static Optimizer OptimizerNamed(string name) => name switch
    {
        "sgd" => new Sgd(0.1),
        "sgd-decay" => new Sgd(0.1) { WeightDecay = 0.001 },
        "momentum" => new Sgd(0.1) { Momentum = 0.9, WeightDecay = 0.001 },
        "nesterov" => new Sgd(0.1) { Momentum = 0.9, Nesterov = true },
        "adam" => new Adam(),
        "rmsprop" => new RmsProp { WeightDecay = 0.001 },
        "rmsprop-momentum" => new RmsProp { Momentum = 0.9 },
        "muon" => new Muon(),
        _ => new AdamW(),
    };
}
