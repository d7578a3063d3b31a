namespace Nabla.Tests.Parsing;

public sealed class LossListTests
{
    [Fact]
    public void Every_loss_is_known_by_its_name()
    {
        var all = typeof(Loss).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Loss)) && !type.IsAbstract);
        Assert.Equal(
            all.Select(type => type.Name).Order(),
            Parse.LossNames.Select(name => Parse.Loss(name).GetType().Name).Order());
        Assert.All(Parse.LossNames, name => Assert.Equal(name, Parse.Loss($" {name.ToUpperInvariant()} ").Name));
    }

    [Fact]
    public void A_misspelt_loss_is_guessed()
    {
        var e = Assert.Throws<FormatException>(() => Parse.Loss("squared-eror"));
        Assert.Contains(
            "Did you mean 'squared-error'? Known are: " +
            "squared-error, absolute-error, huber, softmax-cross-entropy, sigmoid-cross-entropy.",
            e.Message,
            StringComparison.Ordinal);
        e = Assert.Throws<FormatException>(() => Parse.Loss("xyz"));
        Assert.DoesNotContain("Did you mean", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("huber", "huber 1")]
    [InlineData(" HUBER  0.50 ", "huber 0.5")]
    [InlineData("huber 1e-3", "huber 0.001")]
    [InlineData("softmax-cross-entropy smoothing 0", "softmax-cross-entropy")]
    [InlineData(
        "softmax-cross-entropy weights 1 2 0.25 Smoothing .1", "softmax-cross-entropy smoothing 0.1 weights 1 2 0.25")]
    [InlineData("sigmoid-cross-entropy positive-weight 3", "sigmoid-cross-entropy positive-weight 3")]
    public void Settings_follow_the_name(string text, string description)
    {
        var loss = Parse.Loss(text);
        Assert.Equal(description, loss.Description);
        Assert.Equal(description, Parse.Loss(description).Description);
    }

    [Theory]
    [InlineData("huber 0", "huber: The δ of huber must be positive and finite, not 0.")]
    [InlineData("huber -1", "huber: The δ of huber must be positive and finite, not -1.")]
    [InlineData("huber NaN", "huber: The δ of huber must be positive and finite, not NaN.")]
    [InlineData("huber 1 2", "huber: 2 numbers follow, but one is expected.")]
    [InlineData("huber delta 1", "huber: 'delta' is not expected. One number may follow it.")]
    [InlineData("squared-error 2", "squared-error: '2' is not expected. It has no settings.")]
    [InlineData(
        "softmax-cross-entropy 0.1",
        "softmax-cross-entropy: '0.1' is not expected. " +
        "Known settings are: smoothing, weights, each followed by its number.")]
    [InlineData("softmax-cross-entropy smoothing", "softmax-cross-entropy: a number is expected after 'smoothing'.")]
    [InlineData(
        "softmax-cross-entropy smoothing 1",
        "softmax-cross-entropy: The label smoothing must be at least 0 and less than 1, not 1.")]
    [InlineData(
        "softmax-cross-entropy smoothing 0.1 0.2",
        "softmax-cross-entropy: 2 numbers follow 'smoothing', but one is expected.")]
    [InlineData(
        "softmax-cross-entropy smoothing 0.1 smoothing 0.2",
        "softmax-cross-entropy: 'smoothing' is given twice. Leave one of them out.")]
    [InlineData(
        "softmax-cross-entropy weights 1 -2",
        "softmax-cross-entropy: The weight of class 1 is -2, but a finite number that is not negative is expected.")]
    [InlineData(
        "softmax-cross-entropy weights 0 0",
        "softmax-cross-entropy: All classes have the weight 0, so nothing could be learned. " +
        "Give at least one a weight above 0.")]
    [InlineData(
        "sigmoid-cross-entropy positive-weight 0",
        "sigmoid-cross-entropy: The positive weight must be positive and finite, not 0.")]
    public void A_wrong_setting_is_refused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => Parse.Loss(text)).Message);
}
