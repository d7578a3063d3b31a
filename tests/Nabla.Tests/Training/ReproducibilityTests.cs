using Nabla.Kernels;

namespace Nabla.Tests.Training;

[Collection(Machine.Name)]
public sealed class ReproducibilityTests : MachineTests
{
    [Theory]
    [InlineData("dense 128, relu, dense 5", "softmax-cross-entropy", "adam")]
    [InlineData("dense 100, sigmoid, dense 33, tanh, dense 5, sigmoid", "squared-error", "momentum")]
    [InlineData("dense 64, leaky-relu, dense 5", "sigmoid-cross-entropy", "adamw")]
    [InlineData("dense 400, tanh, dense 5", "softmax-cross-entropy", "rmsprop-momentum")]
    [InlineData("dense 100, relu, dense 40, relu, dense 5", "softmax-cross-entropy", "muon")]
    [InlineData("dropout 0.2, dense 300, batch-norm, relu, dropout 0.4, dense 5", "softmax-cross-entropy", "adam")]
    [InlineData(
        "dense 260, residual (layer-norm, gelu, dense 260, batch-norm, dropout 0.1), silu, dense 5",
        "softmax-cross-entropy", "momentum")]
    [InlineData(
        "layer-norm, dense 65, elu 0.5, residual (softplus, residual (gelu tanh, dense 65)), batch-norm, dense 5",
        "sigmoid-cross-entropy", "sgd")]
    public void The_same_seed_gives_the_same_bytes_with_any_number_of_threads_on_every_instruction_set(
        string layers, string loss, string optimizer)
    {
        var data = Examples.Clouds(330, 170, 5, seed: 1);
        var options = new TrainingOptions
        {
            Epochs = 2,
            BatchSize = 64,
            Seed = 9,
            Schedule = Schedule.OneCycle(),
            Clipping = GradientClipping.ByNorm(0.5),
            AverageDecay = 0.9,
        };
        float[]? expected = null;
        foreach (var set in Machine.Available)
            foreach (var threads in (ReadOnlySpan<int>)[1, 2, 5])
            {
                (Processor.Current, Workers.Threads) = (set, threads);
                var network = new Network(data.Inputs, Parse.Layers(layers));
                network.Initialize(5);
                var trainer = new Trainer(network, Examples.LossNamed(loss), Examples.OptimizerNamed(optimizer));
                foreach (var _ in trainer.Train(data, options))
                {
                }
                float[] all = [.. network.Parameters.Values.Values, .. network.State.Values];
                TestNumbers.AssertSameBits(expected ??= all, all, $"{set}, {threads} threads");
            }
    }

    [Fact]
    public void Networks_of_images_and_of_tokens_are_reproducible_too()
    {
        (Nabla.Shape, string)[] cases =
        [
            (new(3, 20, 20), "batch-norm, relu, layer-norm, dense 5"),
            (new(3, 20, 20), "conv 20 3 padding 1, batch-norm, relu, conv 18 3, max-pool 2, dense 5"),
            (50, "embedding 40 8, dropout 0.3, batch-norm, dense 5"),
        ];
        foreach (var (shape, layers) in cases)
        {
            var x = TestNumbers.UniformMatrix(60, shape.Size, 1);
            foreach (ref var value in x.Values)
                value = MathF.Floor(20 + 20 * value);
            var target = TestNumbers.UniformMatrix(60, 5, 2);
            float[]? expected = null;
            foreach (var set in Machine.Available)
                foreach (var threads in (ReadOnlySpan<int>)[1, 2, 5])
                {
                    (Processor.Current, Workers.Threads) = (set, threads);
                    var network = new Network(shape, Parse.Layers(layers));
                    var trainer = new Trainer(
                        network, Examples.LossNamed("squared-error"), Examples.OptimizerNamed("adam"));
                    for (var step = 0; step < 4; step++)
                        trainer.Step(x, target);
                    var y = network.Predict(x);
                    float[] all = [.. network.Parameters.Values.Values, .. network.State.Values, .. y.Values];
                    TestNumbers.AssertSameBits(expected ??= all, all, $"{layers}, {set}, {threads} threads");
                }
        }
    }

    [Fact]
    public void Another_seed_gives_a_different_order_of_examples()
    {
        float[] Trained(ulong seed)
        {
            var network = new Network(new Dense(10, 3));
            var trainer = new Trainer(
                network, Examples.LossNamed("softmax-cross-entropy"), Examples.OptimizerNamed("sgd"));
            var options = new TrainingOptions { Epochs = 1, BatchSize = 7, Seed = seed };
            foreach (var _ in trainer.Train(Examples.Clouds(60, 10, 3, 1), options))
            {
            }
            return network.Parameters.Values.Values.ToArray();
        }

        Assert.Equal(Trained(1), Trained(1));
        Assert.NotEqual(Trained(1), Trained(2));
    }
}
