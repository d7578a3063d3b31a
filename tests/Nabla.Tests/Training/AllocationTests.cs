using Nabla.Data;
using Nabla.Kernels;

namespace Nabla.Tests.Training;

[Collection(Machine.Name)]
public sealed class AllocationTests : MachineTests
{
    [Theory]
    [InlineData("dense 16, sigmoid, dense 16, sigmoid, dense 10, sigmoid", "squared-error", "sgd", 1)]
    [InlineData("dense 128, relu, dense 10", "softmax-cross-entropy", "adam", 1)]
    [InlineData("dense 128, relu, dense 10", "softmax-cross-entropy", "adam", 3)]           // large enough to share
    [InlineData("dense 20, leaky-relu, dense 10", "softmax-cross-entropy", "adamw", 2)]
    [InlineData("dense 20, tanh, dense 10", "sigmoid-cross-entropy", "momentum", 2)]
    [InlineData("dense 20, tanh, dense 10", "sigmoid-cross-entropy", "nesterov", 1)]
    [InlineData("dense 20, relu, dense 10, softmax", "squared-error", "sgd-decay", 1)]
    [InlineData("dense 20, tanh, dense 10", "huber 0.5", "sgd", 1)]
    [InlineData("dense 20, tanh, dense 10", "absolute-error", "adam", 1)]
    [InlineData("dense 20, tanh, dense 4", "softmax-cross-entropy smoothing 0.1 weights 1 2 3 4", "adam", 2)]
    [InlineData("dense 20, tanh, dense 10", "sigmoid-cross-entropy positive-weight 3", "adam", 1)]
    [InlineData("dense 20, tanh, dense 10", "softmax-cross-entropy", "rmsprop", 1)]
    [InlineData("dense 20, tanh, dense 10", "softmax-cross-entropy", "rmsprop-momentum", 2)]
    [InlineData("dense 32, relu, dense 10", "softmax-cross-entropy", "muon", 2)]
    [InlineData("dense 600, batch-norm, relu, dropout 0.3, dense 10", "softmax-cross-entropy", "adam", 1)]
    [InlineData("dense 600, batch-norm, relu, dropout 0.3, dense 10", "softmax-cross-entropy", "adam", 3)]
    [InlineData(
        "layer-norm, residual (dense 200, gelu, residual (batch-norm, silu), dropout 0.1), elu, softplus, dense 10",
        "softmax-cross-entropy", "sgd", 2)]
    [InlineData(
        "conv 4 3 padding 1, relu, max-pool 2, conv 6 3 stride 2 groups 2, average-pool 2, flatten, dense 10",
        "softmax-cross-entropy", "adam", 1)]
    [InlineData(
        "conv 4 3 padding 1, relu, max-pool 2, conv 6 3 padding 1, max-pool 3 stride 1, global-average-pool",
        "softmax-cross-entropy", "adam", 2)]
    [InlineData("conv 16 3 padding 1, relu, conv 16 3, global-average-pool", "softmax-cross-entropy", "adam", 2)]
    public void A_training_step_allocates_nothing(string layers, string loss, string optimizer, int threads)
    {
        Workers.Threads = threads;
        Shape input = layers.Contains("conv", StringComparison.Ordinal) ? new Shape(2, 10, 10) : 200;
        var network = new Network(input, Parse.Layers(layers));
        var trainer = new Trainer(network, Examples.LossNamed(loss), Examples.OptimizerNamed(optimizer));
        Matrix x = TestNumbers.UniformMatrix(32, 200, 1), target = new(32, network.Outputs);
        for (var i = 0; i < target.Rows; i++)
            target[i, i % target.Columns] = 1;
        AssertAllocatesNothing(() => trainer.Step(x, target), times: 1000);
    }

    /// <summary>With packed products, batches prepared in the background, and skipped blank pixels.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(1, true)]
    [InlineData(3, true)]
    public void An_epoch_of_large_batches_allocates_nothing_on_any_thread(int threads, bool ofDigits)
    {
        Workers.Threads = threads;
        var network = new Network(new Dense(784, 128), new Relu(), new Dense(128, ofDigits ? 10 : 4));
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Adam());
        const int steps = 30, epochs = 8;
        var allocated = new long[epochs * steps];
        var options = new TrainingOptions
        {
            Epochs = epochs,
            BatchSize = 100,
            OnStep = p => allocated[(p.Epoch - 1) * steps + p.Step - 1] = GC.GetTotalAllocatedBytes(precise: true),
        };
        var data = ofDigits ? SyntheticData.Digits(100 * steps) : Examples.Clouds(100 * steps, 784, 4, 1);
        foreach (var _ in trainer.Train(data, options))
        {
        }
        var least = Enumerable.Range(2, epochs - 2)
            .Min(epoch => allocated[(epoch + 1) * steps - 1] - allocated[epoch * steps]);
        Assert.Equal(0, least);             // of several epochs: the runtime's own threads allocate now and then
    }

    [Fact]
    public void An_epoch_allocates_nothing_from_step_to_step()
    {
        Workers.Threads = 2;
        var network = new Network(new Dense(20, 16), new Relu(), new Dense(16, 4));
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Adam());
        var allocated = new long[4 * 250];                      // at each step of the second epoch
        var options = new TrainingOptions
        {
            Epochs = 2,
            BatchSize = 4,
            Schedule = Schedule.Warmup(1).Then(Schedule.Cosine.ForShare(0.1)).Then(Schedule.Plateau()),
            Clipping = GradientClipping.ByNorm(0.5),
            AverageDecay = 0.99,
            EarlyStopping = new() { Metric = EarlyStoppingMetric.TrainLoss },
            OnStep = p => allocated[p.Step - 1] = GC.GetAllocatedBytesForCurrentThread(),
        };
        foreach (var _ in trainer.Train(Examples.Clouds(4 * allocated.Length, 20, 4, 1), options))
        {
        }
        Assert.Equal(allocated[0], allocated[^1]);
    }

    /// <summary>Large arrays stay until the next full collection: 0.8 MB an epoch on MNIST.</summary>
    [Fact]
    public void An_evaluation_allocates_no_large_array()
    {
        Workers.Threads = 1;
        var data = Examples.Clouds(300, 784, 4, 1);
        var network = new Network(new Dense(784, 4));
        _ = Evaluation.Of(network, new SoftmaxCrossEntropy(), data);
        var before = GC.GetAllocatedBytesForCurrentThread();
        _ = Evaluation.Of(network, new SoftmaxCrossEntropy(), data);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 85_000);
    }

    [Fact]
    public void An_embedding_allocates_nothing()
    {
        var network = new Network(4, Parse.Layers("embedding 9 5, dense 3"));
        var trainer = new Trainer(network, new SquaredError(), new Sgd(0.01));
        Matrix x = new(32, 4), target = new(32, 3), y = new(32, 3);
        for (var i = 0; i < x.Values.Length; i++)
            x.Values[i] = i % 9;
        AssertAllocatesNothing(
            () =>
            {
                trainer.Step(x, target);
                network.Predict(x, y);
            },
            times: 200);
    }

    [Fact]
    public void A_prediction_through_every_type_of_layer_allocates_nothing()
    {
        Workers.Threads = 2;
        var layers = Parse.Layers(
            "batch-norm, dropout 0.5, residual (dense 200, layer-norm, residual (gelu tanh, dropout 0.2)), dense 10");
        var network = new Network(200, layers);
        Matrix x = TestNumbers.UniformMatrix(100, 200, 1), y = new(100, 10);
        AssertAllocatesNothing(() => network.Predict(x, y), times: 300);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public void A_prediction_allocates_nothing(int examples)
    {
        Workers.Threads = 2;
        var network = new Network(new Dense(200, 128), new Relu(), new Dense(128, 10), new Softmax());
        Matrix x = TestNumbers.UniformMatrix(examples, 200, 1), y = new(examples, 10);
        AssertAllocatesNothing(() => network.Predict(x, y), times: 1000);
    }

    private static void AssertAllocatesNothing(Action action, int times)
    {
        var least = long.MaxValue;
        for (var round = 0; round < 5 && least > 0; round++)
        {
            for (var i = 0; i < 50; i++)
                action();                                       // warms up
            var before = GC.GetTotalAllocatedBytes(precise: true);      // on all threads
            for (var i = 0; i < times; i++)
                action();
            // The test runner and the runtime allocate too, now and then: the least of several rounds counts.
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        Assert.Equal(0, least);
    }
}
