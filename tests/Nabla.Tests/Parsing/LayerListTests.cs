namespace Nabla.Tests.Parsing;

public sealed class LayerListTests
{
    private const string Dense =
        "'dense' takes the number of its neurons, from 1 to 2147483647, as in \"dense 16\"; found ";

    private const string LeakyRelu =
        "'leaky-relu' takes a slope of at least 0 and less than 1, as in \"leaky-relu 0.01\"; found ";

    private const string Conv =
        "'conv' takes the number of filters and the size of the window, then, where they are not the usual ones, " +
        "stride, padding (or 'same'), dilation, groups and no-bias, as in \"conv 32 3 stride 2 padding 1\"; found ";

    private const string MaxPool =
        "'max-pool' takes the size of the window, then, where they are not the usual ones, " +
        "stride and padding, as in \"max-pool 3 stride 2\"; found ";

    private const string Long = "'dense 16, dense 16, dense 16, dense 16, dense 16, dense 16, …'";

    [Theory]
    [InlineData("dense 10", "dense 10")]
    [InlineData("dense 16, sigmoid, dense 10", "dense 16, sigmoid, dense 10")]
    [InlineData("  Dense   16 ,SIGMOID,\tdense 10  ", "dense 16, sigmoid, dense 10")]
    [InlineData("dense +5", "dense 5")]
    [InlineData("tanh, relu, softmax", "tanh, relu, softmax")]
    [InlineData("leaky-relu", "leaky-relu 0.01")]
    [InlineData("leaky-relu 0.2", "leaky-relu 0.2")]
    [InlineData("leaky-relu 0", "leaky-relu 0")]
    [InlineData("elu, elu 1, elu 0.5", "elu, elu, elu 0.5")]
    [InlineData("gelu, GELU tanh, silu, softplus", "gelu, gelu tanh, silu, softplus")]
    [InlineData("dropout, dropout 0.3", "dropout 0.5, dropout 0.3")]
    [InlineData("batch-norm, layer-norm", "batch-norm, layer-norm")]
    [InlineData(
        "batch-norm momentum 0.01 epsilon 1e-3, layer-norm epsilon 0.00001",
        "batch-norm epsilon 0.001 momentum 0.01, layer-norm")]
    [InlineData("embedding 1000 16, dense 2", "embedding 1000 16, dense 2")]
    [InlineData("residual [dense 16, relu,dense 16], tanh", "residual (dense 16, relu, dense 16), tanh")]
    [InlineData("residual(relu)", "residual (relu)")]
    [InlineData(
        "residual ( dense 4, Residual [tanh, residual (relu)], dense 4 )",
        "residual (dense 4, residual (tanh, residual (relu)), dense 4)")]
    [InlineData("conv 32 3", "conv 32 3")]
    [InlineData("Conv 32 3 STRIDE 2 padding 1 dilation 1 groups 32", "conv 32 3 stride 2 padding 1 groups 32")]
    [InlineData("conv 4 3 no-bias groups 2 dilation 3", "conv 4 3 dilation 3 groups 2 no-bias")]
    [InlineData("conv 16 5 same", "conv 16 5 padding 2")]
    [InlineData("conv 16 3 same dilation 2", "conv 16 3 padding 2 dilation 2")]
    [InlineData("max-pool 2", "max-pool 2")]
    [InlineData("max-pool 2 stride 2", "max-pool 2")]
    [InlineData("max-pool 3 padding 1 stride 2", "max-pool 3 stride 2 padding 1")]
    [InlineData("average-pool 2, global-average-pool, flatten", "average-pool 2, global-average-pool, flatten")]
    public void Valid_lists_are_parsed_and_written_again(string text, string written)
    {
        var layers = Parse.Layers(text);
        Assert.Equal(written, string.Join(", ", layers.Select(layer => layer.Description)));
        Assert.Equal(written, string.Join(", ", Parse.Layers(written).Select(layer => layer.Description)));
    }

    [Fact]
    public void Every_name_makes_the_layer_of_that_name()
    {
        foreach (var name in Parse.LayerNames)
        {
            var text = name switch
            {
                "dense" => "dense 3",
                "conv" => "conv 4 3",
                "max-pool" or "average-pool" => name + " 2",
                "embedding" => "embedding 5 2",
                "residual" => "residual (relu)",
                _ => name,
            };
            Assert.Equal(name, Assert.Single(Parse.Layers(text)).Description.Split(' ')[0]);
        }
    }

    [Theory]
    [InlineData("dense 0", "Layer 1001 of " + Long, "': 'dense' takes the number of its neurons")]
    [InlineData("residual (dense 16", "A bracket of " + Long, " is not closed: ')' is missing.")]
    [InlineData(
        "residual (residual (residual (relu, rellu)))",
        "Layer 2 of 'relu, rellu' inside layer 1 of 'residual ",
        "…: there is no layer 'rellu'")]
    public void The_message_shows_only_the_beginning_of_a_long_list_so_that_the_reason_is_not_cut_off(
        string last, string where, string reason)
    {
        var text = string.Concat(Enumerable.Repeat("dense 16, ", 1000)) + last;
        var message = Assert.Throws<FormatException>(() => Parse.Layers(text)).Message;
        Assert.StartsWith(where, message, StringComparison.Ordinal);
        Assert.InRange(message.IndexOf(reason, StringComparison.Ordinal), 1, 250);
    }

    [Fact]
    public void Each_layer_takes_its_inputs_from_the_layer_before()
    {
        var layers = Parse.Layers("relu, dense 16, sigmoid, dense 10");
        _ = new Network(7, layers);
        Assert.Equal([7, 7, 16, 16], layers.Select(layer => layer.InputShape.Size));
    }

    [Theory]
    [InlineData("", "Layer 1 of '' is empty. Write a list such as \"dense 16, sigmoid, dense 10\".")]
    [InlineData("dense 3,", "Layer 2 of 'dense 3,' is empty. Write a list such as \"dense 16, sigmoid, dense 10\".")]
    [InlineData(
        "dense 3,, relu",
        "Layer 2 of 'dense 3,, relu' is empty. Write a list such as \"dense 16, sigmoid, dense 10\".")]
    [InlineData("dense", "Layer 1 of 'dense': " + Dense + "'dense'.")]
    [InlineData("dense 0", "Layer 1 of 'dense 0': " + Dense + "'dense 0'.")]
    [InlineData("dense -1", "Layer 1 of 'dense -1': " + Dense + "'dense -1'.")]
    [InlineData("dense 1.5", "Layer 1 of 'dense 1.5': " + Dense + "'dense 1.5'.")]
    [InlineData("dense 2147483648", "Layer 1 of 'dense 2147483648': " + Dense + "'dense 2147483648'.")]
    [InlineData("dense 3 4", "Layer 1 of 'dense 3 4': " + Dense + "'dense 3 4'.")]
    [InlineData("relu 3", "Layer 1 of 'relu 3': 'relu' takes no number, but '3' follows it.")]
    [InlineData(
        "dense 3, sigmoid dense 4",
        "Layer 2 of 'dense 3, sigmoid dense 4': 'sigmoid' takes no number, but 'dense 4' follows it.")]
    [InlineData("leaky-relu 1", "Layer 1 of 'leaky-relu 1': " + LeakyRelu + "'leaky-relu 1'.")]
    [InlineData("leaky-relu NaN", "Layer 1 of 'leaky-relu NaN': " + LeakyRelu + "'leaky-relu NaN'.")]
    [InlineData("leaky-relu 0,2", "Layer 2 of 'leaky-relu 0,2': there is no layer '2'.")]
    [InlineData("conv 3", "Layer 1 of 'conv 3': " + Conv + "'conv 3'.")]
    [InlineData(
        "conv 3 0", "Layer 1 of 'conv 3 0': " + Conv + "'conv 3 0', where '0' is not a whole number of at least 1.")]
    [InlineData(
        "conv 3 3 stride 0",
        "Layer 1 of 'conv 3 3 stride 0': " + Conv +
        "'conv 3 3 stride 0', where '0' is not a whole number of at least 1.")]
    [InlineData("max-pool", "Layer 1 of 'max-pool': " + MaxPool + "'max-pool'.")]
    [InlineData(
        "max-pool 2 padding 2",
        "Layer 1 of 'max-pool 2 padding 2': " + MaxPool +
        "'max-pool 2 padding 2', where the padding is more than half the window.")]
    [InlineData(
        "max-pool 2 strode 2",
        "Layer 1 of 'max-pool 2 strode 2': " + MaxPool +
        "'max-pool 2 strode 2', where 'strode' is not known.")]
    [InlineData("flatten 2", "Layer 1 of 'flatten 2': 'flatten' takes no number, but '2' follows it.")]
    [InlineData(
        "dense 3, sigmoyd", "Layer 2 of 'dense 3, sigmoyd': there is no layer 'sigmoyd'. Did you mean 'sigmoid'?")]
    [InlineData("dens 3", "Layer 1 of 'dens 3': there is no layer 'dens'. Did you mean 'dense'?")]
    [InlineData("leakyrelu", "Layer 1 of 'leakyrelu': there is no layer 'leakyrelu'. Did you mean 'leaky-relu'?")]
    [InlineData("elu 0", "Layer 1 of 'elu 0': 'elu' takes a positive α, as in \"elu 0.5\"; found 'elu 0'.")]
    [InlineData("elu 1 2", "Layer 1 of 'elu 1 2': 'elu' takes a positive α")]
    [InlineData(
        "gelu erf",
        "Layer 1 of 'gelu erf': 'gelu' takes nothing, or the word tanh, as in \"gelu tanh\"; found 'gelu erf'.")]
    [InlineData(
        "dropout 1",
        "Layer 1 of 'dropout 1': 'dropout' takes a rate of at least 0 and less than 1, " +
        "as in \"dropout 0.2\"; found 'dropout 1'.")]
    [InlineData("dropout 20%", "Layer 1 of 'dropout 20%': 'dropout' takes a rate")]
    [InlineData(
        "batch-norm 0.1",
        "Layer 1 of 'batch-norm 0.1': 'batch-norm' is written as " +
        "\"batch-norm\" or \"batch-norm epsilon 0.001 momentum 0.01\"; " +
        "epsilon is positive, momentum above 0 and at most 1. Found 'batch-norm 0.1'.")]
    [InlineData("batch-norm momentum 2", "Layer 1 of 'batch-norm momentum 2': 'batch-norm' is written as")]
    [InlineData(
        "batch-norm momentum 0.1 momentum 0.1",
        "Layer 1 of 'batch-norm momentum 0.1 momentum 0.1': 'batch-norm' is written as")]
    [InlineData(
        "layer-norm momentum 0.1",
        "Layer 1 of 'layer-norm momentum 0.1': 'layer-norm' is written as " +
        "\"layer-norm\" or \"layer-norm epsilon 0.001\"; epsilon is positive.")]
    [InlineData("layer-norm epsilon", "Layer 1 of 'layer-norm epsilon': 'layer-norm' is written as")]
    [InlineData(
        "embedding 10",
        "Layer 1 of 'embedding 10': 'embedding' takes the number of tokens, from 1 to 16777216, " +
        "and the number of values that stand for each, as in \"embedding 1000 16\"; found 'embedding 10'.")]
    [InlineData("embedding 16777217 2", "Layer 1 of 'embedding 16777217 2': 'embedding' takes")]
    [InlineData(
        "residual",
        "Layer 1 of 'residual': 'residual' takes the layers to add to its input, in brackets, " +
        "as in \"residual (dense 16, relu, dense 16)\"; found 'residual'.")]
    [InlineData("residual (relu) tanh", "Layer 1 of 'residual (relu) tanh': 'residual' takes the layers")]
    [InlineData("residual ()", "Layer 1 of '' inside layer 1 of 'residual ()' is empty.")]
    [InlineData(
        "tanh, residual (relu, sigmoyd)",
        "Layer 2 of 'relu, sigmoyd' inside layer 2 of 'tanh, residual (relu, sigmoyd)': " +
        "there is no layer 'sigmoyd'. Did you mean 'sigmoid'?")]
    [InlineData("residual (relu", "A bracket of 'residual (relu' is not closed: ')' is missing.")]
    [InlineData("residual (relu]", "Character 15 of 'residual (relu]' is ']', but ')' is expected.")]
    [InlineData("relu), tanh", "Character 5 of 'relu), tanh' is ')', but no bracket is open.")]
    [InlineData("relu (tanh)", "Layer 1 of 'relu (tanh)': 'relu' takes no number, but '(tanh)' follows it.")]
    [InlineData(
        "transformer",
        "Layer 1 of 'transformer': there is no layer 'transformer'. " +
        "Known are: dense, sigmoid, tanh, relu, leaky-relu, softmax")]
    public void Invalid_lists_are_refused_and_the_message_says_where(string text, string message) =>
        Assert.StartsWith(
            message,
            Assert.Throws<FormatException>(() => Parse.Layers(text)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Endless_brackets_are_refused()                  // a file could hold them, and the stack is finite
    {
        var text = string.Concat(Enumerable.Repeat("residual (", 20_000)) + "relu" + new string(')', 20_000);
        var error = Assert.Throws<FormatException>(() => Parse.Layers(text));
        Assert.Contains("nests brackets more than 32 deep", error.Message, StringComparison.Ordinal);
    }
}
