namespace Nabla.Tests.Layers;

public sealed class NetworkTests
{
    [Fact]
    public void A_layer_beyond_all_memory_is_refused_with_its_size()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new Network(784, new Dense(784, 2147480000)));
        Assert.StartsWith(
            "The parameter 'weight' of 2147480000 × 784 would have 1683624320000 numbers",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_that_do_not_fit_are_both_named()
    {
        var error = Assert.Throws<ArgumentException>(() =>
            new Network(new Dense(784, 10), new Sigmoid(), new Dense(16, 10)));
        Assert.Equal("Layer 3 (Dense) expects 16 inputs, but layer 2 (Sigmoid) gives 10.", error.Message);
    }

    [Fact]
    public void An_input_that_does_not_fit_is_named_with_its_shape()
    {
        var error = Assert.Throws<ArgumentException>(() => new Network(new Shape(1, 2, 3), new Dense(16, 10)));
        Assert.Equal("Layer 1 (Dense) expects 16 inputs, but the input is 1×2×3.", error.Message);
        Assert.Equal(
            "The input is 1 × 0 × 3, but each of these must be at least 1.",
            Assert.Throws<ArgumentException>(() => new Network(new Shape(1, 0, 3), new Dense(10))).Message);
    }

    [Fact]
    public void A_layer_takes_its_input_size_and_may_be_built_again_until_it_belongs_to_a_network()
    {
        var dense = new Dense(2);
        var error = Assert.Throws<InvalidOperationException>(() => dense.Weights);
        Assert.StartsWith("This dense layer has no weights yet", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Network(new Shape(1, 2, 3), dense, new Dense(16, 10)));
        var network = new Network(new Shape(1, 2, 2), dense);
        Assert.Equal((2, 4), (dense.Weights.Rows, dense.Weights.Columns));
        Assert.Equal((new Shape(1, 2, 2), Shape.Flat(2)), (dense.InputShape, dense.OutputShape));
        Assert.Equal("1 × 2", network.Predict(new Matrix(1, 4)).Shape);
    }

    [Fact]
    public void A_network_copies_the_weights_of_another_with_the_same_layers()
    {
        Network one = Small(), two = Small();
        one.Initialize(7);
        two.CopyFrom(one);
        Assert.Equal(one.Parameters.Values.Values.ToArray(), two.Parameters.Values.Values.ToArray());
        Assert.Equal(
            "The weights of “dense 2” for 3 inputs do not fit “dense 5, sigmoid, dense 2” for 3. (Parameter 'other')",
            Assert.Throws<ArgumentException>(() => two.CopyFrom(new Network(new Dense(3, 2)))).Message);
    }

    [Theory]
    [InlineData(3, 2, 2, 2, "3 parameters and 2 state values do not fit 2 and 2.")]
    [InlineData(2, 2, 3, 2, "2 parameters and 2 state values do not fit 3 and 2.")]
    [InlineData(2, 1, 2, 2, "2 parameters and 1 state values do not fit 2 and 2.")]
    public void Layers_with_the_same_description_but_another_size_are_not_copied(
        int fromParameters, int fromState, int toParameters, int toState, string sizes)
    {
        var from = new Network(4, new Memory(fromParameters, fromState));
        var to = new Network(4, new Memory(toParameters, toState));
        from.Parameters.Values.Values.Fill(1);
        Assert.Equal(
            $"The layers are both described as “memory”, but {sizes} (Parameter 'other')",
            Assert.Throws<ArgumentException>(() => to.CopyFrom(from)).Message);
        Assert.All(to.Parameters.Values.Values.ToArray(), weight => Assert.Equal(0, weight));
    }

    [Fact]
    public void Weights_are_drawn_with_the_given_seed_or_not_at_all()
    {
        var drawn = new Network(new Dense(5, 4), new Relu(), new Dense(4, 3));
        drawn.Initialize(7);
        var same = new Network(5, [new Dense(5, 4), new Relu(), new Dense(4, 3)], seed: 7);
        Assert.Equal(drawn.Parameters.Values.Values.ToArray(), same.Parameters.Values.Values.ToArray());
        var blank = new Network(5, [new Dense(5, 4), new Relu(), new Dense(4, 3)], seed: null);
        Assert.All(blank.Parameters.Values.Values.ToArray(), weight => Assert.Equal(0, weight));
    }

    [Fact]
    public void A_network_without_layers_is_refused() => Assert.Equal(
        "A network needs at least one layer.",
        Assert.Throws<ArgumentException>(() => new Network()).Message);

    [Fact]
    public void A_network_with_an_unknown_number_of_inputs_is_refused() =>
        Assert.Equal(
            "No layer says how many inputs there are. Give the input shape: new Network(new Shape(1, 28, 28), …).",
            Assert.Throws<ArgumentException>(() => new Network(new Sigmoid(), new Softmax())).Message);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_layer_that_is_null_is_refused(int index)
    {
        Layer[] layers = [new Dense(3, 3), new Sigmoid(), new Dense(3, 3)];
        layers[index] = null!;
        Assert.Equal("A layer is null.", Assert.Throws<ArgumentException>(() => new Network(layers)).Message);
    }

    [Fact]
    public void A_layer_of_another_network_is_refused()
    {
        var dense = new Dense(3, 3);
        _ = new Network(dense);
        AssertUsedTwice(() => new Network(dense));
    }

    [Fact]
    public void A_layer_that_appears_twice_is_refused()
    {
        var dense = new Dense(3, 3);
        AssertUsedTwice(() => new Network(dense, new Sigmoid(), dense));
        Assert.Throws<InvalidOperationException>(() => dense.Weights.Value);    // and it still belongs to no network
        _ = new Network(dense);
    }

    [Fact]
    public void A_parameter_without_a_network_explains_what_to_do() =>
        Assert.Equal(
            "The parameter 'weight' has no values yet: its layer does not belong to a network. " +
            "Put the layer into a Network first.",
            Assert.Throws<InvalidOperationException>(() => new Dense(2, 2).Weights.Value).Message);

    [Fact]
    public void All_parameters_are_views_of_one_buffer_in_the_order_of_the_layers()
    {
        var network = new Network(new Dense(3, 4), new Sigmoid(), new Dense(4, 2));
        var buffer = network.Parameters;
        Assert.Equal(3 * 4 + 4 + 4 * 2 + 2, buffer.Count);
        for (var i = 0; i < buffer.Count; i++)
            (buffer.Values[0, i], buffer.Gradients[0, i]) = (i, -i);
        Parameter[] parameters = [.. network.Layers.SelectMany(layer => layer.Parameters)];
        Assert.Equal(buffer.Values.Values.ToArray(), parameters.SelectMany(p => p.Value.Values.ToArray()));
        Assert.Equal(buffer.Gradients.Values.ToArray(), parameters.SelectMany(p => p.Gradient.Values.ToArray()));
        Assert.Equal(["weight", "bias", "weight", "bias"], parameters.Select(p => p.Name));
        Assert.Equal([parameters[0], parameters[2]], buffer.Decaying.ToArray());
    }

    [Fact]
    public void The_classic_network_has_13002_parameters()
    {
        var network = new Network(784, Parse.Layers("dense 16, sigmoid, dense 16, sigmoid, dense 10, sigmoid"));
        Assert.Equal((784, 10, 13_002), (network.Inputs, network.Outputs, network.Parameters.Count));
        Assert.Equal("dense 16, sigmoid, dense 16, sigmoid, dense 10, sigmoid", network.Description);
    }

    [Fact]
    public void An_activation_may_come_first()
    {
        var network = new Network(new Tanh(), new Dense(5, 2));
        Assert.Equal((5, 2), (network.Inputs, network.Outputs));
        Assert.Equal("3 × 2", network.Predict(new Matrix(3, 5)).Shape);
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights_and_another_seed_others()
    {
        Network one = Small(), two = Small(), three = Small();
        one.Initialize(7);
        two.Initialize(7);
        three.Initialize(8);
        Assert.Equal(one.Parameters.Values.Values.ToArray(), two.Parameters.Values.Values.ToArray());
        Assert.NotEqual(one.Parameters.Values.Values.ToArray(), three.Parameters.Values.Values.ToArray());
        one.Initialize(8);
        Assert.Equal(one.Parameters.Values.Values.ToArray(), three.Parameters.Values.Values.ToArray());
    }

    [Fact]
    public void Each_layer_starts_with_its_own_weights()
    {
        var network = new Network(new Dense(4, 4), new Sigmoid(), new Dense(4, 4));
        Parameter[] weights = [.. network.Parameters.Decaying];
        Assert.NotEqual(weights[0].Value.Values.ToArray(), weights[1].Value.Values.ToArray());
    }

    [Fact]
    public void Activations_are_the_outputs_of_each_layer()
    {
        var network = Small();
        var x = TestNumbers.UniformMatrix(4, 3, 1);
        var activations = network.Activations(x);
        Assert.Equal(["4 × 5", "4 × 5", "4 × 2"], activations.Select(a => a.Shape));
        TestNumbers.AssertSameBits(network.Predict(x).Values, activations[^1].Values, "last activation");
        Assert.All(activations[1].Values.ToArray(), a => Assert.InRange(a, 0f, 1f));
    }

    [Fact]
    public void A_batch_or_result_of_the_wrong_shape_is_refused()
    {
        var network = Small();
        Assert.Equal(
            "The batch is 4 × 2, but 4 × 3 is expected.",
            Assert.Throws<ArgumentException>(() => network.Predict(new Matrix(4, 2))).Message);
        Assert.Equal(
            "The matrix for the predictions is 3 × 2, but 4 × 2 is expected.",
            Assert.Throws<ArgumentException>(() => network.Predict(new Matrix(4, 3), new Matrix(3, 2))).Message);
    }

    [Fact]
    public void No_examples_give_no_predictions() => Assert.Equal("0 × 2", Small().Predict(new Matrix(0, 3)).Shape);

    [Theory]
    [InlineData(0, 1, "A dense layer needs at least 1 of its inputs, not 0.")]
    [InlineData(1, -1, "A dense layer needs at least 1 of its outputs, not -1.")]
    public void A_dense_layer_without_a_size_is_refused(int inputs, int outputs, string message)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new Dense(inputs, outputs));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-0.1f)]
    [InlineData(1f)]
    [InlineData(float.NaN)]
    public void A_leaky_slope_out_of_range_is_refused(float slope) =>
        Assert.StartsWith(
            "The slope of a leaky ReLU must be at least 0 and less than 1.",
            Assert.Throws<ArgumentOutOfRangeException>(() => new LeakyRelu(slope)).Message,
            StringComparison.Ordinal);

    private static Network Small() => new(new Dense(3, 5), new Sigmoid(), new Dense(5, 2));

    private static void AssertUsedTwice(Func<Network> make) => Assert.Equal(
        "A layer can belong to one network only, once. Make a new layer instead of using one again.",
        Assert.Throws<ArgumentException>(make).Message);

    /// <summary>A layer whose size its description does not show.</summary>
    private sealed class Memory(int parameters, int state) : Layer
    {
        public override IReadOnlyList<Parameter> Parameters { get; } = [Parameter.Vector("factor", parameters)];

        public override IReadOnlyList<Parameter> State { get; } = [Parameter.Vector("mean", state)];

        public override void Forward(Matrix x, Matrix y, Pass pass) => x.Values.CopyTo(y.Values);

        public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
        {
        }
    }
}
