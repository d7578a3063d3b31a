namespace Nabla.Tests.Layers;

public sealed class ResidualTests
{
    [Fact]
    public void What_leaves_is_what_enters_and_what_the_layers_make_of_it()
    {
        var network = new Network(3, new Residual(new Tanh(), new Residual(new Relu())));
        var x = TestNumbers.UniformMatrix(2, 3, 1);
        var y = network.Predict(x);
        for (var i = 0; i < 6; i++)
            Assert.Equal(x.Values[i] + MathF.Tanh(x.Values[i]) + MathF.Max(0, MathF.Tanh(x.Values[i])), y.Values[i], 1e-6f);
    }

    [Fact]
    public void Parameters_and_state_are_those_of_the_layers_inside_and_named_after_their_places()
    {
        var network = new Network(new Dense(3, 4), new Residual(new Dense(4), new BatchNorm(), new Residual(new Dense(4))), new Dense(2));
        Assert.Equal(
            ["0.weight", "0.bias", "1.0.weight", "1.0.bias", "1.1.weight", "1.1.bias", "1.1.running_mean", "1.1.running_var", "1.2.0.weight", "1.2.0.bias", "2.weight", "2.bias"],
            LayerSequence.Named(network.Layers).Select(pair => pair.Name));
        Assert.Equal(16 + 20 + 8 + 20 + 10, network.Parameters.Count);
        Assert.Equal(8, network.State.Columns);
    }

    [Fact]
    public void Layers_that_do_not_fit_are_named_inside_and_outside()
    {
        Assert.Equal(
            "Layer 2 (Residual): inner layer 3 (Dense) expects 16 inputs, but inner layer 2 (Relu) gives 5.",
            Error(() => new Network(new Dense(3, 4), new Residual(new Dense(5), new Relu(), new Dense(16, 4)))));
        Assert.Equal(
            "Layer 2 (Residual): inner layer 2 (Residual) expects 16 inputs, but inner layer 1 (Dense) gives 5.",
            Error(() => new Network(new Dense(3, 4), new Residual(new Dense(5), new Residual(new Dense(16, 5))))));
        Assert.Equal(
            "Layer 2 (Residual): inner layer 1 (Residual): inner layer 2 (Dense) expects 16 inputs, but inner layer 1 (Tanh) gives 4.",
            Error(() => new Network(new Dense(3, 4), new Residual(new Residual(new Tanh(), new Dense(16, 4))))));
        Assert.Equal(
            "Layer 1 (Residual): its layers must give what enters, 2×3×3, so that both can be added, but they give 18.",
            Error(() => new Network(new Shape(2, 3, 3), new Residual(new Dense(18)))));
        Assert.Equal("Layer 2 (Residual) expects 5 inputs, but layer 1 (Dense) gives 4.", Error(() => new Network(new Dense(3, 4), new Residual(new Dense(5, 4)))));
    }

    [Fact]
    public void The_first_layer_inside_may_say_how_many_inputs_there_are() => Assert.Equal(7, new Network(new Residual(new Dense(7, 7)), new Dense(2)).Inputs);

    [Fact]
    public void It_needs_layers_and_each_only_once()
    {
        Assert.StartsWith("A residual needs at least one layer", Error(() => new Residual()), StringComparison.Ordinal);
        Assert.StartsWith("A layer of the residual is null.", Error(() => new Residual([null!])), StringComparison.Ordinal);
        var relu = new Relu();
        Assert.StartsWith("A layer can belong to one network only, once.", Error(() => new Network(3, new Residual(relu), relu)), StringComparison.Ordinal);
        _ = new Network(3, new Residual(relu));
        Assert.StartsWith("A layer can belong to one network only, once.", Error(() => new Network(3, relu)), StringComparison.Ordinal);
    }

    private static string Error(Func<object> make) => Assert.ThrowsAny<ArgumentException>(make).Message;
}
