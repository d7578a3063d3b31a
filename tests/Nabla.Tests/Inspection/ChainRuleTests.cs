using Nabla.Inspection;

namespace Nabla.Tests.Inspections;

public sealed class ChainRuleTests
{
    [Theory]
    [InlineData("dense 4, sigmoid, dense 3", "squared-error")]
    [InlineData("dense 4, sigmoid, dense 3, sigmoid", "squared-error")]
    [InlineData("dense 4, relu, dense 5, tanh, dense 3", "softmax-cross-entropy")]
    [InlineData("dense 4, leaky-relu 0.2, tanh, sigmoid, dense 3", "sigmoid-cross-entropy")]
    [InlineData("dense 4, softmax, dense 3", "softmax-cross-entropy")]
    [InlineData("dense 4, tanh, softmax, sigmoid, dense 5, softmax, dense 3", "squared-error")]
    [InlineData("tanh, dense 4, dense 5, dense 3, softmax", "squared-error")]
    [InlineData("dense 3", "sigmoid-cross-entropy")]
    [InlineData("dense 4, gelu, dropout 0.3, dense 5, dropout 0.2, dense 3", "softmax-cross-entropy")]
    [InlineData("dense 4, layer-norm, silu, dense 3", "softmax-cross-entropy")]
    [InlineData("dense 4, elu, residual (dense 5, softplus, dense 4), gelu tanh, dense 3", "squared-error")]
    [InlineData("softmax, dense 20, sigmoid, dense 3, tanh, softmax, tanh", "squared-error")]
    public void The_product_of_the_factors_is_the_gradient(string layers, string lossName)
    {
        for (var seed = 0UL; seed < 8; seed++)
        {
            var (network, loss, x, target) = Example(layers, lossName, seed);
            for (var l = 0; l < network.Layers.Count; l++)
                if (network.Layers[l] is Dense dense)
                    for (var o = 0; o < dense.Weights.Rows; o++)
                        for (var i = 0; i < dense.Weights.Columns; i++)
                        {
                            var explained = ChainRule.Explain(network, loss, x, target, l, o, i);
                            var size = Math.Max(Math.Abs(explained.Product), SizeOfTerms(explained));
                            Assert.InRange(explained.Stored - explained.Product, -1e-5 * size, 1e-5 * size);
                            // The numeric derivative comes from costs of float32 values.
                            var allowed = Math.Max(explained.Numeric.Uncertainty, 1e-3 * size) + 2e-6;
                            Assert.InRange(explained.Numeric.Value - explained.Product, -allowed, allowed);
                        }
        }
    }

    [Fact]
    public void Each_factor_follows_its_formula()
    {
        var (network, loss, x, target) = Example("dense 4, sigmoid, dense 3", "squared-error", seed: 3);
        var a = network.Activations(x);
        var (z1, a2, z3) = (a[0], a[1], a[2]);
        var w3 = ((Dense)network.Layers[2]).Weights.Value;

        var explained = ChainRule.Explain(network, loss, x, target, layer: 0, output: 2, input: 1);

        Assert.Equal("W₁[2, 1]", explained.Name);
        Assert.Equal(
            ["∂z₁[2]/∂W₁[2, 1]", "∂a₂[2]/∂z₁[2]", "∂C/∂a₂[2]"], explained.Factors.Select(factor => factor.Name));
        Assert.Equal(
            ["x[1]", "a·(1 − a)", "Σₖ W₃[k, 2] · ∂C/∂z₃[k]"], explained.Factors.Select(factor => factor.Formula));
        Assert.Equal(x[0, 1], explained.Factors[0].Value);
        Assert.Equal((double)a2[0, 2] * (1 - a2[0, 2]), explained.Factors[1].Value, 1e-7);
        Assert.Equal([("z", z1[0, 2]), ("a", a2[0, 2])], explained.Factors[1].Numbers);
        Assert.Equal(3, explained.Factors[2].Terms.Count);
        for (var k = 0; k < 3; k++)
        {
            var term = explained.Factors[2].Terms[k];
            Assert.Equal(($"W₃[{k}, 2]", (double)w3[k, 2], $"∂C/∂z₃[{k}]"), (term.LinkName, term.Link, term.DeltaName));
            Assert.Equal(2.0 * (z3[0, k] - target[0, k]), term.Delta, 1e-6);
        }
        Assert.Equal(explained.Factors[2].Terms.Sum(term => term.Link * term.Delta), explained.Factors[2].Value);
    }

    [Fact]
    public void A_softmax_is_a_sum_over_all_its_outputs()
    {
        var (network, loss, x, target) = Example("dense 4, softmax, dense 3", "squared-error", seed: 5);
        var p = network.Activations(x)[1];
        var sum = ChainRule.Explain(network, loss, x, target, layer: 0, output: 1, input: 0).Factors[1];
        Assert.Equal("Σₖ ∂a₂[k]/∂z₁[1] · ∂C/∂a₂[k]", sum.Formula);
        for (var k = 0; k < 4; k++)
            Assert.Equal(p[0, k] * ((k == 1 ? 1.0 : 0) - p[0, 1]), sum.Terms[k].Link, 1e-6);
    }

    [Fact]
    public void At_the_output_the_last_factor_is_the_derivative_of_the_loss()
    {
        var (network, loss, x, target) = Example("dense 4, relu, dense 3", "softmax-cross-entropy", seed: 5);
        var last = ChainRule.Explain(network, loss, x, target, layer: 2, output: 1, input: 0).Factors[^1];
        var p = last.Numbers.Single(number => number.Name == "p").Value;
        Assert.Equal(("∂C/∂z₃[1]", "p − y"), (last.Name, last.Formula));
        Assert.Equal(p - target[0, 1], last.Value, 1e-6);
    }

    [Theory]
    [InlineData(1, 0, 0, "Layer 2 (Sigmoid) has no weights W[o, i]. Dense layers are: 1, 3.")]
    [InlineData(3, 0, 0, "There is no layer 4: the network has layers 1 to 3. Dense layers are: 1, 3.")]
    [InlineData(-1, 0, 0, "There is no layer 0: the network has layers 1 to 3. Dense layers are: 1, 3.")]
    [InlineData(0, 4, 0, "Layer 1 (Dense) has no weight W[4, 0]: o goes from 0 to 3 and i from 0 to 5.")]
    [InlineData(2, 0, 4, "Layer 3 (Dense) has no weight W[0, 4]: o goes from 0 to 2 and i from 0 to 3.")]
    public void A_weight_that_does_not_exist_is_refused(int layer, int output, int input, string message)
    {
        var (network, loss, x, target) = Example("dense 4, sigmoid, dense 3", "squared-error", seed: 0);
        var error = Assert.Throws<ArgumentException>(() =>
            ChainRule.Explain(network, loss, x, target, layer, output, input));
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void The_weights_stay_as_they_are()
    {
        var (network, loss, x, target) = Example("dense 4, sigmoid, dense 3", "squared-error", seed: 0);
        var before = network.Parameters.Values.Values.ToArray();
        ChainRule.Explain(network, loss, x, target, 0, 1, 2);
        TestNumbers.AssertSameBits(before, network.Parameters.Values.Values, "weights");
    }

    /// <summary>
    /// The size that the product would have if the terms of its sum did not cancel: float32 rounds each of them.
    /// </summary>
    private static double SizeOfTerms(WeightExplanation explained)
    {
        var product = 1.0;
        foreach (var factor in explained.Factors)
            product *= factor.Terms.Count > 0
                ? factor.Terms.Sum(term => Math.Abs(term.Product))
                : Math.Abs(factor.Value);
        return product;
    }

    private static (Network, Loss, Matrix X, Matrix Target) Example(string layers, string lossName, ulong seed)
    {
        var parsed = Parse.Layers(layers);
        var network = new Network(6, parsed is [Dense, ..] ? parsed : [new Dense(6, 6), .. parsed]);
        network.Initialize(seed);
        var random = new RandomGenerator(seed, stream: 1);
        foreach (ref var weight in network.Parameters.Values.Values)
            weight += (float)random.NextUniform(-0.3, 0.3);
        Matrix x = new(1, 6), target = new(1, 3);
        foreach (ref var value in x.Values)
            value = (float)random.NextNormal();
        target[0, random.NextInt(3)] = 1;
        return (network, Parse.Loss(lossName), x, target);
    }

    [Theory]
    [InlineData(
        "dense 4, batch-norm, dense 3",
        "layer 2 (BatchNorm) normalises with the mean and variance of the whole batch")]
    [InlineData(
        "dense 4, tanh, residual (batch-norm), dense 3",
        "layer 3 (Residual) normalises with the mean and variance of the whole batch")]
    public void A_network_that_needs_the_whole_batch_is_refused(string layers, string message)
    {
        var (network, loss, x, target) = Example(layers, "squared-error", seed: 1);
        var state = network.State.Values.ToArray();
        var error = Assert.Throws<ArgumentException>(() => ChainRule.Explain(network, loss, x, target, 0, 0, 0));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        TestNumbers.AssertSameBits(state, network.State.Values, "state");
    }

    [Fact]
    public void Weights_inside_a_residual_are_refused()
    {
        var (network, loss, x, target) = Example("dense 4, residual (dense 4), dense 3", "squared-error", seed: 1);
        var error = Assert.Throws<ArgumentException>(() => ChainRule.Explain(network, loss, x, target, 1, 0, 0));
        Assert.Contains(
            "Layer 2 (Residual) has no weights W[o, i]. Dense layers are: 1, 3.",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_slope_of_a_dropout_is_explained()
    {
        var (network, loss, x, target) = Example("dense 4, dropout 0.5, dense 3", "squared-error", seed: 1);
        var slopes = Enumerable.Range(0, 4)
            .Select(o => ChainRule.Explain(network, loss, x, target, 0, o, 0).Factors[1])
            .ToArray();
        Assert.All(slopes, slope => Assert.Equal("1 / (1 − 0.5) where kept, else 0", slope.Formula));
        Assert.All(slopes, slope => Assert.Equal("the slope of layer 2 (dropout 0.5)", slope.Explanation));
        Assert.All(slopes, slope => Assert.True(slope.Value is 0 or 2));
    }
}
