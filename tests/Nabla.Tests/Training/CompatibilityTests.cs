using Nabla.Data;

namespace Nabla.Tests.Training;

public sealed class CompatibilityTests
{
    private const string TakesLogits = "takes logits and applies the function itself.";

    private static readonly Dataset clouds = Examples.Clouds(30, 4, 3, 1);

    public static TheoryData<string, string, string> Misfits => new()
    {
        {
            "dense 3, softmax", "softmax-cross-entropy",
            "The last layer is Softmax, but the loss softmax-cross-entropy " + TakesLogits +
            " Leave out the last Softmax, or use squared-error."
        },
        {
            "dense 3, sigmoid", "softmax-cross-entropy",
            "The last layer is Sigmoid, but the loss softmax-cross-entropy " + TakesLogits +
            " Leave out the last Sigmoid, or use squared-error."
        },
        {
            "dense 3, sigmoid", "sigmoid-cross-entropy",
            "The last layer is Sigmoid, but the loss sigmoid-cross-entropy " + TakesLogits +
            " Leave out the last Sigmoid, or use squared-error."
        },
        { "dense 4", "squared-error", "The network gives 4 outputs, but clouds has 3 classes." },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void A_misfit_is_refused_before_the_first_step(string layers, string loss, string message)
    {
        var network = new Network(4, Parse.Layers(layers));
        // It throws when it is called, not only when the first epoch is requested.
        var error = Assert.Throws<ArgumentException>(() =>
        {
            new Trainer(network, Examples.LossNamed(loss), new Sgd(0.1)).Train(clouds, new TrainingOptions());
        });
        Assert.Equal(message, error.Message);
        error = Assert.Throws<ArgumentException>(() => Evaluation.Of(network, Examples.LossNamed(loss), clouds));
        Assert.Equal(message, error.Message);
    }

    [Theory]
    [InlineData("dense 3, softmax")]
    [InlineData("dense 3, sigmoid")]
    public void The_squared_error_accepts_any_last_layer(string layers) =>
        Compatibility.Check(new Network(4, Parse.Layers(layers)), new SquaredError(), clouds);

    [Fact]
    public void Inputs_must_fit() => AssertRefused(
        "The network takes 5 inputs, but the examples of clouds have 4.",
        new Network(new Dense(5, 3)), new SquaredError(), clouds);

    [Fact]
    public void Numbers_to_predict_must_fit() => AssertRefused(
        "The network gives 2 outputs, but numbered has 1 numbers to predict.",
        new Network(new Dense(1, 2)), new SquaredError(), Examples.Numbered(3));

    [Fact]
    public void Data_must_not_be_empty() =>
        AssertRefused("clouds has no examples.", new Network(new Dense(4, 3)), new SquaredError(), clouds.Take(0));

    [Fact]
    public void A_softmax_over_one_output_is_refused() =>
        AssertRefused(
            "softmax-cross-entropy with one output always gives the probability 1. " +
            "Use sigmoid-cross-entropy, or an output for each class.",
            new Network(new Dense(1, 1)), new SoftmaxCrossEntropy(), Examples.Numbered(3));

    [Fact]
    public void Validation_data_that_does_not_fit_is_refused_before_the_first_step()
    {
        var trainer = new Trainer(new Network(new Dense(4, 3)), new SoftmaxCrossEntropy(), new Sgd(0.1));
        var options = new TrainingOptions { Validation = Examples.Clouds(30, 5, 3, 1) };
        Assert.Throws<ArgumentException>(() => { trainer.Train(clouds, options); });
    }

    private static void AssertRefused(string message, Network network, Loss loss, Dataset data) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => Compatibility.Check(network, loss, data)).Message);
}
