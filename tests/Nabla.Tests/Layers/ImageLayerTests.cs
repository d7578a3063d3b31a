using Nabla.Inspection;

namespace Nabla.Tests.Layers;

public sealed class ImageLayerTests
{
    private const string SayShape = "(say what shape they have: new Shape(1, 28, 28))";

    [Theory]
    [InlineData("conv 6 5 padding 2", "6×28×28")]
    [InlineData("conv 6 5", "6×24×24")]
    [InlineData("conv 6 3 stride 2 padding 1", "6×14×14")]
    [InlineData("conv 6 3 stride 3 dilation 4", "6×7×7")]
    [InlineData("conv 6 28", "6")]
    [InlineData("conv 6 3 stride 2147483647", "6")]
    [InlineData("max-pool 2 stride 2147483647", "3")]
    [InlineData("max-pool 2", "3×14×14")]
    [InlineData("max-pool 3 stride 2", "3×13×13")]
    [InlineData("average-pool 3 stride 2 padding 1", "3×14×14")]
    [InlineData("global-average-pool", "3")]
    [InlineData("flatten", "2352")]
    public void A_layer_states_its_output_shape(string layer, string shape)
    {
        var one = Parse.Layers(layer).Single();
        _ = new Network(new Shape(3, 28, 28), one);
        Assert.Equal(shape, $"{one.OutputShape}");
    }

    [Theory]
    [InlineData(
        "conv 6 5", 1, 4, 9,
        "Layer 1 (Conv2D) expects images of at least 5 × 5 pixels, but the input is 1×4×9.")]
    [InlineData(
        "conv 6 5 padding 1", 1, 9, 2,
        "Layer 1 (Conv2D) expects images of at least 3 × 3 pixels, but the input is 1×9×2.")]
    [InlineData(
        "conv 6 3 dilation 4", 1, 8, 8,
        "Layer 1 (Conv2D) expects images of at least 9 × 9 pixels, but the input is 1×8×8.")]
    [InlineData(
        "conv 6 5", 784, 1, 1,
        "Layer 1 (Conv2D) expects images of at least 5 × 5 pixels " + SayShape + ", but the input is 784.")]
    [InlineData(
        "conv 6 3, conv 8 3 groups 4", 1, 8, 8,
        "Layer 2 (Conv2D) expects a number of channels that 4 groups divide, but layer 1 (Conv2D) gives 6×6×6.")]
    [InlineData(
        "conv 6 3, max-pool 7", 1, 8, 8,
        "Layer 2 (MaxPool2D) expects images of at least 7 × 7 pixels, but layer 1 (Conv2D) gives 6×6×6.")]
    [InlineData(
        "average-pool 2", 9, 1, 1,
        "Layer 1 (AveragePool2D) expects images of at least 2 × 2 pixels " + SayShape + ", but the input is 9.")]
    [InlineData(
        "conv 6 2147483647 dilation 2147483647", 1, 8, 8,
        "Layer 1 (Conv2D) expects images of at least 4611686011984936963 × 4611686011984936963 pixels, " +
        "but the input is 1×8×8.")]
    [InlineData(
        "conv 6 3 padding 2147483647", 1, 8, 8,
        "Layer 1 (Conv2D) expects images that are, with a padding of 2147483647 and for 6 filters, " +
        "small enough for memory, but the input is 1×8×8.")]
    [InlineData(
        "conv 2147483591 1 no-bias", 1, 2, 2,
        "Layer 1 (Conv2D) expects images that are, with a padding of 0 and for 2147483591 filters, " +
        "small enough for memory, but the input is 1×2×2.")]
    public void A_layer_that_does_not_fit_is_refused_and_the_message_says_why(
        string layers, int channels, int height, int width, string message)
    {
        var error = Assert.Throws<ArgumentException>(() =>
            new Network(new Shape(channels, height, width), Parse.Layers(layers)));
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Sizes_that_make_no_sense_are_refused()
    {
        AssertRefused("The filters of a convolution must be at least 1, not 0.", () => new Conv2D(0, 3));
        AssertRefused("The kernel of a convolution must be at least 1, not 0.", () => new Conv2D(3, 0));
        AssertRefused("The stride of a convolution must be at least 1, not 0.", () => new Conv2D(3, 3) { Stride = 0 });
        AssertRefused(
            "The padding of a convolution must be at least 0, not -1.", () => new Conv2D(3, 3) { Padding = -1 });
        AssertRefused(
            "The dilation of a convolution must be at least 1, not 0.", () => new Conv2D(3, 3) { Dilation = 0 });
        AssertRefused(
            "The number of groups of a convolution must be at least 1, not 0.",
            () => new Conv2D(3, 3) { Groups = 0 });
        AssertRefused(
            "3 filters cannot be divided into 2 groups of equal size.", () => new Conv2D(3, 3) { Groups = 2 });
        AssertRefused("The kernel of a pooling layer must be from 1 to 4096, not 0.", () => new MaxPool2D(0));
        AssertRefused("The stride of a pooling layer must be at least 1, not 0.", () => new MaxPool2D(2, 0));
        AssertRefused(
            "The padding of a pooling layer must be from 0 to half the window, 1, not 2.",
            () => new AveragePool2D(3, padding: 2));

        static void AssertRefused(string message, Func<object> make)
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>(make);
            Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Initial_filters_suit_the_number_of_values_that_a_filter_sees()
    {
        Conv2D conv = new(64, 3) { Groups = 2 }, last = new(64, 3);
        _ = new Network(new Shape(32, 5, 5), conv, new Relu(), last);
        Assert.Equal([64, 16, 3, 3], conv.Weights.Dimensions);
        // He: normal, with the number of inputs of a filter. Glorot: uniform, with a third of the square of its limit.
        Assert.Equal(Math.Sqrt(2.0 / (16 * 9)), Deviation(conv.Weights), 0.003);
        Assert.Equal(Math.Sqrt(2.0 / ((64 + 64) * 9)), Deviation(last.Weights), 0.001);
        Assert.Equal(0, conv.Bias!.Value.LargestMagnitude);
        static double Deviation(Parameter p) => Math.Sqrt(p.Value.Values.ToArray().Average(w => (double)w * w));
    }

    [Fact]
    public void A_convolution_may_have_no_bias()
    {
        var conv = new Conv2D(4, 3) { HasBias = false };
        Assert.Null(conv.Bias);
        Assert.Equal(4 * 2 * 9, new Network(new Shape(2, 5, 5), conv).Parameters.Count);
        Assert.Equal("conv 4 3 no-bias", conv.Description);
    }

    [Fact]
    public void A_model_with_convolutions_is_saved_and_loaded()
    {
        using var folder = new TemporaryFolder();
        var layers = Parse.Layers(
            "conv 4 5 padding 2, relu, max-pool 2, conv 8 3 groups 4 no-bias, average-pool 2, flatten, dense 3");
        var network = new Network(new Shape(1, 12, 10), layers);
        network.Initialize(7);
        var path = Path.Combine(folder.Path, "model.safetensors");
        new Model(network, new SoftmaxCrossEntropy()).Save(path);
        var again = Model.Load(path).Network;
        Assert.Equal(network.Description, again.Description);
        Assert.Equal(network.InputShape, again.InputShape);
        Assert.Equal([4, 1, 5, 5], Safetensors.Load(path).Tensors.Single(tensor => tensor.Name == "0.weight").Shape);
        var x = TestNumbers.UniformMatrix(3, 120, 1);
        TestNumbers.AssertSameBits(network.Predict(x).Values, again.Predict(x).Values, "predictions");
    }

    [Theory]
    [InlineData("conv 4 3, relu, conv 5 2, flatten, dense 4")]
    [InlineData("conv 4 3 stride 2 padding 2, conv 6 2 dilation 2 groups 2, flatten, dense 4")]
    [InlineData("conv 4 3 padding 1 groups 2, conv 8 3 groups 4 no-bias, dense 4")]
    [InlineData("conv 4 3 stride 3 padding 1, max-pool 2 stride 1, dense 4")]
    [InlineData("conv 4 3, max-pool 3 stride 2 padding 1, conv 3 2 stride 2, dense 4")]
    [InlineData("conv 4 3, average-pool 3 stride 2 padding 1, conv 4 1, global-average-pool")]
    public void Gradients_agree_with_numeric_derivatives(string layers)
    {
        var network = new Network(new Shape(2, 7, 8), Parse.Layers(layers));
        Matrix x = TestNumbers.UniformMatrix(4, 112, 1), target = new(4, 4);
        for (var i = 0; i < 4; i++)
            target[i, i] = 1;
        var report = GradientCheck.Run(network, new SoftmaxCrossEntropy(), x, target, perParameter: 40);
        Assert.True(report.Passed, report.ToString());
        Assert.True(report.Skipped <= report.Checks.Count / 4, report.ToString());
    }
}
