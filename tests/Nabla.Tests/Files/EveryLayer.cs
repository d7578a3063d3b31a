namespace Nabla.Tests.Files;

/// <summary>
/// Networks that together have every layer and every loss that a model file can hold, with the layers' settings.
/// </summary>
/// <remarks>
/// Files made from them are kept (<see cref="VersionTests"/>): add new ones, and leave these as they are.
/// </remarks>
internal static class EveryLayer
{
    private const int Steps = 5, BatchSize = 16;

    /// <summary>For each network: a name, the layers, the shape of an example, and the loss.</summary>
    public static IReadOnlyList<(string Name, string Layers, Shape Inputs, string Loss)> Networks { get; } =
    [
        (
            "convolution",
            "conv 4 3 stride 2 padding 1, batch-norm, relu, conv 6 3 padding 1 groups 2 no-bias, elu, " +
            "max-pool 3 stride 2 padding 1, average-pool 2 stride 1, flatten, dense 3, softmax",
            new(2, 11, 9),
            "squared-error"),
        (
            "residual",
            "conv 6 3 dilation 2 padding 2, batch-norm epsilon 0.001 momentum 0.2, gelu, " +
            "average-pool 3 stride 2 padding 1, residual (conv 6 3 padding 1 groups 3, batch-norm, silu, conv 6 1), " +
            "layer-norm, softplus, max-pool 2, global-average-pool, dense 4",
            new(3, 8, 8),
            "softmax-cross-entropy smoothing 0.1 weights 1 2 0.5 1"),
        (
            "tokens",
            "embedding 20 5, residual (layer-norm, gelu tanh, residual (tanh)), conv 4 5, flatten, dropout 0.25, " +
            "dense 7, batch-norm, elu 0.5, dropout, dense 3",
            Shape.Flat(6),
            "softmax-cross-entropy"),
        (
            "flat",
            "dense 12, batch-norm, leaky-relu 0.2, dropout 0.3, residual (dense 12, softplus, batch-norm, dense 12), " +
            "layer-norm epsilon 0.001, sigmoid, dense 4",
            Shape.Flat(9),
            "huber 0.5"),
        ("absolute", "dense 5, silu, dense 2", Shape.Flat(3), "absolute-error"),
        ("positive", "dense 5, gelu, dense 2", Shape.Flat(3), "sigmoid-cross-entropy positive-weight 3"),
    ];

    /// <summary>
    /// A model trained for a few steps, so that every weight and running statistic differs from its initial value.
    /// </summary>
    public static Model Trained(string layers, Shape inputs, string loss)
    {
        var model = new Model(new Network(inputs, Parse.Layers(layers)), Parse.Loss(loss));
        var network = model.Network;
        var trainer = new Trainer(network, model.Loss, new Adam(0.03));
        for (var step = 0; step < Steps; step++)
        {
            var target = new Matrix(BatchSize, network.Outputs);
            for (var example = 0; example < BatchSize; example++)
                target[example, (example + step) % network.Outputs] = 1;
            var x = InputsFor(network, BatchSize, seed: 10 + (ulong)step);
            trainer.Step(new(x, 0, BatchSize, network.Inputs), target);
        }
        return model;
    }

    /// <summary>Valid examples for the network: tokens for an embedding, any values for other layers.</summary>
    public static float[] InputsFor(Network network, int examples, ulong seed)
    {
        var x = TestNumbers.Uniform(examples * network.Inputs, seed);
        if (network.Layers[0] is Embedding embedding)
            foreach (ref var value in x.AsSpan())
                value = MathF.Floor((value + 1) / 2 * embedding.Weights.Value.Rows);
        return x;
    }
}
