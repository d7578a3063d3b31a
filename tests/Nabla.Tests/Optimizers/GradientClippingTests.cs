namespace Nabla.Tests.Optimizers;

public sealed class GradientClippingTests
{
    [Fact]
    public void A_gradient_that_is_too_long_keeps_its_direction()
    {
        var parameters = new Network(new Dense(1, 1)).Parameters;
        ((float[])[30, -40]).CopyTo(parameters.Gradients.Values);
        Assert.Equal(50, GradientClipping.ByNorm(5).Apply(parameters));
        Assert.Equal([3f, -4f], parameters.Gradients.Values.ToArray());
        Assert.Equal(5, GradientClipping.ByNorm(5).Apply(parameters));
        Assert.Equal([3f, -4f], parameters.Gradients.Values.ToArray());
    }

    [Fact]
    public void By_value_each_derivative_is_clipped()
    {
        var parameters = new Network(new Dense(3, 1)).Parameters;
        ((float[])[3, -0.5f, -7, 0]).CopyTo(parameters.Gradients.Values);
        Assert.Equal(7, GradientClipping.ByValue(2).Apply(parameters));
        Assert.Equal([2, -0.5f, -2, 0], parameters.Gradients.Values.ToArray());
    }

    [Fact]
    public void A_norm_beyond_float32_is_right()
    {
        var parameters = new Network(new Dense(3, 1)).Parameters;
        parameters.Gradients.Values.Fill(1e30f);
        Assert.Equal(2e30, GradientClipping.ByNorm(1).Apply(parameters), 1e23);
        Assert.All(parameters.Gradients.Values.ToArray(), g => Assert.Equal(0.5f, g, 1e-6f));
    }

    [Fact]
    public void A_smaller_gradient_or_a_gradient_of_zeros_stays_the_same()
    {
        var parameters = new Network(new Dense(3, 1)).Parameters;
        Assert.Equal(0, GradientClipping.ByNorm(1).Apply(parameters));
        Assert.Equal(0, GradientClipping.ByValue(1).Apply(parameters));
        Assert.All(parameters.Gradients.Values.ToArray(), g => Assert.Equal(0, g));
    }

    [Theory]
    [InlineData("1", "norm 1")]
    [InlineData(" Norm  0.5 ", "norm 0.5")]
    [InlineData("value 1e-3", "value 0.001")]
    public void A_clipping_is_parsed(string text, string expected) =>
        Assert.Equal(expected, ClipText.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("NaN")]
    [InlineData("norm")]
    [InlineData("0,5")]
    [InlineData("size 1")]
    [InlineData("norm 1 2")]
    public void A_text_that_is_not_a_clipping_is_refused(string text) => Assert.StartsWith(
        $"The clipping is '{text}', but the largest norm",
        Assert.Throws<FormatException>(() => ClipText.Parse(text)).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_size_that_makes_no_sense_is_refused(double most)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientClipping.ByNorm(most));
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientClipping.ByValue(most));
    }
}
