using Nabla.Tests.Training;

namespace Nabla.Tests.Layers;

public sealed class NormalizationLayerTests
{
    [Fact]
    public void A_single_value_in_a_channel_is_refused_in_training_and_nothing_has_changed()
    {
        var network = new Network(new Dense(3, 4), new BatchNorm(), new Dense(4, 2));
        var trainer = new Trainer(network, new SquaredError(), new Sgd(0.1));
        float[] weights = network.Parameters.Values.Values.ToArray(), state = network.State.Values.ToArray();
        var error = Assert.Throws<ArgumentException>(() => trainer.Step(new(1, 3), new(1, 2)));
        Assert.StartsWith(
            "A batch normalisation cannot learn from a batch of one example where a channel has only one value",
            error.Message,
            StringComparison.Ordinal);
        TestNumbers.AssertSameBits(weights, network.Parameters.Values.Values, "weights");
        TestNumbers.AssertSameBits(state, network.State.Values, "state");
        _ = network.Predict(new Matrix(1, 3));                                  // a prediction for one example is fine
        var image = new Network(new Shape(1, 2, 2), new BatchNorm(), new Dense(2));
        new Trainer(image, new SquaredError(), new Sgd(0.1)).Step(TestNumbers.UniformMatrix(1, 4, 1), new(1, 2));
    }

    [Theory]
    [InlineData(
        21, 10,
        "21 examples in batches of 10 leave a single example at the end of an epoch, " +
        "and a batch normalisation cannot learn from one.")]
    [InlineData(
        21, 1,
        "21 examples in batches of 1 are single examples, and a batch normalisation cannot learn from one.")]
    [InlineData(20, 10, null)]
    public void A_last_batch_of_one_example_is_refused_before_the_first_step(int examples, int batch, string? message)
    {
        var network = new Network(new Dense(3, 4), new Residual(new BatchNorm(), new Tanh()), new Dense(4, 2));
        var without = new Network(new Dense(3, 2), new LayerNorm());
        var options = new TrainingOptions { Epochs = 1, BatchSize = batch };
        var data = Examples.Clouds(examples, 3, 2, 1);
        _ = new Trainer(without, new SoftmaxCrossEntropy(), new Sgd(0.1)).Train(data, options).Count();
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1));
        if (message is null)
            Assert.Single(trainer.Train(data, options));
        else
        {
            var error = Assert.Throws<ArgumentException>(() => trainer.Train(data, options));
            Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_step_that_diverges_leaves_the_running_statistics_finite()
    {
        var network = new Network(new Dense(3, 4), new BatchNorm(), new Dense(4, 2));
        var x = TestNumbers.UniformMatrix(5, 3, 1);
        x[2, 1] = float.NaN;
        var trainer = new Trainer(network, new SquaredError(), new Sgd(0.1));
        Assert.Throws<DivergedException>(() => trainer.Step(x, new(5, 2)));
        Assert.All(network.State.Values.ToArray(), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void A_constant_channel_becomes_the_shift()
    {
        var network = new Network(2, new BatchNorm());
        var pass = network.TrainingPass(4, new RandomGenerator(0));
        Matrix x = new([7, 1, 7, 2, 7, 3, 7, 4], 0, 4, 2);
        var y = network.Forward(x, pass);
        for (var i = 0; i < 4; i++)
            Assert.Equal(0, y[i, 0]);
        float[] state = [0.7f, 0.25f, 0.9f, (float)(0.9 + 0.1 * 5 / 3)];        // 0.9·0 + 0.1·7 …
        Assert.Equal(state, network.State.Values.ToArray());
    }

    [Fact]
    public void Momentum_and_epsilon_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchNorm { Momentum = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchNorm { Momentum = 1.1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchNorm { Epsilon = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LayerNorm { Epsilon = double.NaN });
    }

    [Fact]
    public void Weight_decay_spares_normalisations_and_biases()
    {
        var residual = new Residual(new Dense(18), new LayerNorm());
        var network = new Network(new Shape(18, 1, 1), new BatchNorm(), new LayerNorm(), residual, new Dense(2));
        Parameter[] decaying = [.. network.Parameters.All.ToArray().Where(parameter => parameter.Decays)];
        Assert.Equal(["weight", "weight"], decaying.Select(parameter => parameter.Name));
        Assert.All(decaying, parameter => Assert.Equal(18, parameter.Columns));
        Assert.Equal(18, residual.OutputShape.Size);
    }

    [Theory]
    [InlineData("dense 400, batch-norm, relu, dense 2", true)]
    [InlineData("dense 400, layer-norm, dropout 0.1, gelu, dense 2", true)]
    [InlineData("dense 400, batch-norm, dense 2", false)]
    [InlineData("dense 400, batch-norm, dense 2, relu", false)]
    [InlineData("dense 400, residual (tanh, dense 400), relu, dense 2", false)]          // the inner path comes first
    [InlineData("dense 400, residual (dense 400), relu, dense 2", true)]                 // then the path around it
    [InlineData("dense 400, residual (batch-norm, relu, dense 400), tanh", true)]
    public void The_activation_after_a_normalisation_decides_the_initial_weights(string layers, bool isHe)
    {
        var network = new Network(500, Parse.Layers(layers));
        AssertInitializer(isHe, ((Dense)network.Layers[0]).Weights.Value, 500, 400);
    }

    [Theory]
    [InlineData("residual (dense 400, relu, dense 400), relu", true, true)]
    [InlineData("residual (dense 400, tanh, dense 400), relu", false, true)]
    [InlineData("residual (dense 400, relu, dense 400), dense 5", true, false)]
    [InlineData("residual (dense 400, relu, dense 400), residual (batch-norm, relu, dense 400)", true, true)]
    public void Inside_a_residual_the_last_weights_suit_the_layer_that_follows_it(
        string layers, bool firstIsHe, bool lastIsHe)
    {
        var inner = new Network(400, Parse.Layers(layers)).Layers[0].Inner;
        AssertInitializer(firstIsHe, ((Dense)inner[0]).Weights.Value, 400, 400);
        AssertInitializer(lastIsHe, ((Dense)inner[2]).Weights.Value, 400, 400);
    }

    private static void AssertInitializer(bool isHe, Matrix weights, int fanIn, int fanOut)
    {
        var deviation = Math.Sqrt(weights.Values.ToArray().Average(w => (double)w * w));
        Assert.Equal(isHe ? Math.Sqrt(2.0 / fanIn) : Math.Sqrt(2.0 / (fanIn + fanOut)), deviation, 0.02 * deviation);
    }
}
