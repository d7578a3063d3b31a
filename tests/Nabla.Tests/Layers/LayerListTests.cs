using Nabla.Layers;

namespace Nabla.Tests.Layers;

public sealed class LayerListTests
{
    [Theory]
    [InlineData("dense 10", "dense 10")]
    [InlineData("dense 16, sigmoid, dense 10", "dense 16, sigmoid, dense 10")]
    [InlineData("  Dense   16 ,SIGMOID,\tdense 10  ", "dense 16, sigmoid, dense 10")]
    [InlineData("dense +5", "dense 5")]
    [InlineData("tanh, relu, softmax", "tanh, relu, softmax")]
    [InlineData("leaky-relu", "leaky-relu 0.01")]
    [InlineData("leaky-relu 0.2", "leaky-relu 0.2")]
    [InlineData("leaky-relu 0", "leaky-relu 0")]
    [InlineData("conv 32 3", "conv 32 3")]
    [InlineData("Conv 32 3 STRIDE 2 padding 1 dilation 1 groups 32", "conv 32 3 stride 2 padding 1 groups 32")]
    [InlineData("conv 4 3 no-bias groups 2 dilation 3", "conv 4 3 dilation 3 groups 2 no-bias")]
    [InlineData("conv 16 5 same", "conv 16 5 padding 2")]
    [InlineData("conv 16 3 same dilation 2", "conv 16 3 padding 2 dilation 2")]
    [InlineData("max-pool 2", "max-pool 2")]
    [InlineData("max-pool 2 stride 2", "max-pool 2")]
    [InlineData("max-pool 3 padding 1 stride 2", "max-pool 3 stride 2 padding 1")]
    [InlineData("average-pool 2, global-average-pool, flatten", "average-pool 2, global-average-pool, flatten")]
    public void Good_texts_are_read_and_written_again(string text, string written)
    {
        var layers = LayerList.Parse(text);
        Assert.Equal(written, string.Join(", ", layers.Select(layer => layer.Description)));
        Assert.Equal(written, string.Join(", ", LayerList.Parse(written).Select(layer => layer.Description)));
    }

    [Fact]
    public void Every_name_makes_the_layer_of_that_name()
    {
        foreach (var name in LayerList.Names)
            Assert.Equal(name, Assert.Single(LayerList.Parse(name + name switch { "dense" => " 3", "conv" => " 4 3", "max-pool" or "average-pool" => " 2", _ => "" })).Description.Split(' ')[0]);
    }

    [Fact]
    public void Inputs_come_from_the_layer_before()
    {
        var layers = LayerList.Parse("relu, dense 16, sigmoid, dense 10");
        _ = new Network(7, layers);
        Assert.Equal([7, 7, 16, 16], layers.Select(layer => layer.InputShape.Size));
    }

    [Theory]
    [InlineData("", "Layer 1 of '' is empty. Write a list such as \"dense 16, sigmoid, dense 10\".")]
    [InlineData("dense 3,", "Layer 2 of 'dense 3,' is empty. Write a list such as \"dense 16, sigmoid, dense 10\".")]
    [InlineData("dense 3,, relu", "Layer 2 of 'dense 3,, relu' is empty. Write a list such as \"dense 16, sigmoid, dense 10\".")]
    [InlineData("dense", "Layer 1 of 'dense': 'dense' takes the number of its neurons, from 1 to 2147483647, as in \"dense 16\"; found 'dense'.")]
    [InlineData("dense 0", "Layer 1 of 'dense 0': 'dense' takes the number of its neurons, from 1 to 2147483647, as in \"dense 16\"; found 'dense 0'.")]
    [InlineData("dense -1", "Layer 1 of 'dense -1': 'dense' takes the number of its neurons, from 1 to 2147483647, as in \"dense 16\"; found 'dense -1'.")]
    [InlineData("dense 1.5", "Layer 1 of 'dense 1.5': 'dense' takes the number of its neurons, from 1 to 2147483647, as in \"dense 16\"; found 'dense 1.5'.")]
    [InlineData("dense 2147483648", "Layer 1 of 'dense 2147483648': 'dense' takes the number of its neurons, from 1 to 2147483647, as in \"dense 16\"; found 'dense 2147483648'.")]
    [InlineData("dense 3 4", "Layer 1 of 'dense 3 4': 'dense' takes the number of its neurons, from 1 to 2147483647, as in \"dense 16\"; found 'dense 3 4'.")]
    [InlineData("relu 3", "Layer 1 of 'relu 3': 'relu' takes no number, but '3' follows it.")]
    [InlineData("dense 3, sigmoid dense 4", "Layer 2 of 'dense 3, sigmoid dense 4': 'sigmoid' takes no number, but 'dense 4' follows it.")]
    [InlineData("leaky-relu 1", "Layer 1 of 'leaky-relu 1': 'leaky-relu' takes a slope of at least 0 and less than 1, as in \"leaky-relu 0.01\"; found 'leaky-relu 1'.")]
    [InlineData("leaky-relu NaN", "Layer 1 of 'leaky-relu NaN': 'leaky-relu' takes a slope of at least 0 and less than 1, as in \"leaky-relu 0.01\"; found 'leaky-relu NaN'.")]
    [InlineData("leaky-relu 0,2", "Layer 2 of 'leaky-relu 0,2': there is no layer '2'.")]
    [InlineData("conv 3", "Layer 1 of 'conv 3': 'conv' takes how many filters and how large a window, then, if they are not the usual ones, stride, padding (or 'same'), dilation, groups and no-bias, as in \"conv 32 3 stride 2 padding 1\"; found 'conv 3'.")]
    [InlineData("conv 3 0", "Layer 1 of 'conv 3 0': 'conv' takes how many filters and how large a window, then, if they are not the usual ones, stride, padding (or 'same'), dilation, groups and no-bias, as in \"conv 32 3 stride 2 padding 1\"; found 'conv 3 0', where '0' is no whole number of at least 1.")]
    [InlineData("conv 3 3 stride 0", "Layer 1 of 'conv 3 3 stride 0': 'conv' takes how many filters and how large a window, then, if they are not the usual ones, stride, padding (or 'same'), dilation, groups and no-bias, as in \"conv 32 3 stride 2 padding 1\"; found 'conv 3 3 stride 0', where '0' is no whole number of at least 1.")]
    [InlineData("max-pool", "Layer 1 of 'max-pool': 'max-pool' takes how large a window, then, if they are not the usual ones, stride and padding, as in \"max-pool 3 stride 2\"; found 'max-pool'.")]
    [InlineData("max-pool 2 padding 2", "Layer 1 of 'max-pool 2 padding 2': 'max-pool' takes how large a window, then, if they are not the usual ones, stride and padding, as in \"max-pool 3 stride 2\"; found 'max-pool 2 padding 2', where the padding is more than half the window.")]
    [InlineData("max-pool 2 strode 2", "Layer 1 of 'max-pool 2 strode 2': 'max-pool' takes how large a window, then, if they are not the usual ones, stride and padding, as in \"max-pool 3 stride 2\"; found 'max-pool 2 strode 2', where 'strode' is not understood.")]
    [InlineData("flatten 2", "Layer 1 of 'flatten 2': 'flatten' takes no number, but '2' follows it.")]
    [InlineData("dense 3, sigmoyd", "Layer 2 of 'dense 3, sigmoyd': there is no layer 'sigmoyd'. Did you mean 'sigmoid'?")]
    [InlineData("dens 3", "Layer 1 of 'dens 3': there is no layer 'dens'. Did you mean 'dense'?")]
    [InlineData("leakyrelu", "Layer 1 of 'leakyrelu': there is no layer 'leakyrelu'. Did you mean 'leaky-relu'?")]
    [InlineData("transformer", "Layer 1 of 'transformer': there is no layer 'transformer'. Known are: dense, sigmoid, tanh, relu, leaky-relu, softmax")]
    public void Bad_texts_are_refused_and_the_message_says_where(string text, string message) =>
        Assert.StartsWith(message, Assert.Throws<FormatException>(() => LayerList.Parse(text)).Message, StringComparison.Ordinal);
}
