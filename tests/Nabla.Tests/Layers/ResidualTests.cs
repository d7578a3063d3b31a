namespace Nabla.Tests.Layers;

public sealed class ResidualTests
{
    [Fact]
    public void The_output_is_the_input_plus_the_output_of_the_inner_layers()
    {
        var network = new Network(3, new Residual(new Tanh(), new Residual(new Relu())));
        var x = TestNumbers.UniformMatrix(2, 3, 1);
        var y = network.Predict(x);
        for (var i = 0; i < 6; i++)
        {
            var tanh = MathF.Tanh(x.Values[i]);
            Assert.Equal(x.Values[i] + tanh + MathF.Max(0, tanh), y.Values[i], 1e-6f);
        }
    }

    [Fact]
    public void Parameters_and_state_belong_to_the_inner_layers_and_are_named_after_their_positions()
    {
        var residual = new Residual(new Dense(4), new BatchNorm(), new Residual(new Dense(4)));
        var network = new Network(new Dense(3, 4), residual, new Dense(2));
        Assert.Equal(
            [
                "0.weight", "0.bias", "1.0.weight", "1.0.bias",
                "1.1.weight", "1.1.bias", "1.1.running_mean", "1.1.running_var",
                "1.2.0.weight", "1.2.0.bias", "2.weight", "2.bias",
            ],
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
            "Layer 2 (Residual): inner layer 1 (Residual): " +
            "inner layer 2 (Dense) expects 16 inputs, but inner layer 1 (Tanh) gives 4.",
            Error(() => new Network(new Dense(3, 4), new Residual(new Residual(new Tanh(), new Dense(16, 4))))));
        Assert.Equal(
            "Layer 1 (Residual): its layers must give what enters, 2×3×3, so that both can be added, but they give 18.",
            Error(() => new Network(new Shape(2, 3, 3), new Residual(new Dense(18)))));
        Assert.Equal(
            "Layer 2 (Residual) expects 5 inputs, but layer 1 (Dense) gives 4.",
            Error(() => new Network(new Dense(3, 4), new Residual(new Dense(5, 4)))));
    }

    [Fact]
    public void The_first_inner_layer_may_give_the_number_of_inputs() =>
        Assert.Equal(7, new Network(new Residual(new Dense(7, 7)), new Dense(2)).Inputs);

    [Fact]
    public void It_needs_layers_and_each_only_once()
    {
        AssertRefused("A residual needs at least one layer", () => new Residual());
        AssertRefused("A layer of the residual is null.", () => new Residual([null!]));
        var relu = new Relu();
        AssertRefused("A layer can belong to one network only, once.", () => new Network(3, new Residual(relu), relu));
        _ = new Network(3, new Residual(relu));
        AssertRefused("A layer can belong to one network only, once.", () => new Network(3, relu));

        static void AssertRefused(string message, Func<object> make) =>
            Assert.StartsWith(message, Error(make), StringComparison.Ordinal);
    }

    private static string Error(Func<object> make) => Assert.ThrowsAny<ArgumentException>(make).Message;
}
