namespace Nabla.Tests.Optimizers;

/// <summary>Settings, and what the golden tests, which compare the steps themselves, do not cover.</summary>
public sealed class OptimizerTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_learning_rate_that_makes_no_sense_is_refused(double rate)
    {
        var message = $"The learning rate must be positive and finite, not {rate}.";
        AssertRefused(message, () => new Sgd(rate));
        AssertRefused(message, () => new Adam(rate));
        AssertRefused(message, () => new AdamW(rate));
        AssertRefused(message, () => new RmsProp(rate));
        AssertRefused(message, () => new Muon(rate));
        foreach (var optimizer in (Optimizer[])[new Sgd(1), new Adam(), new AdamW(), new RmsProp(), new Muon()])
            AssertRefused(message, () => optimizer.LearningRate = rate);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void A_share_outside_its_range_is_refused(double share)
    {
        var range = $"must be at least 0 and less than 1, not {share}.";
        AssertRefused($"The momentum {range}", () => new Sgd(1) { Momentum = share });
        AssertRefused($"The momentum {range}", () => new RmsProp { Momentum = share });
        AssertRefused($"The alpha {range}", () => new RmsProp { Alpha = share });
        AssertRefused($"The momentum {range}", () => new Muon { Momentum = share });
        AssertRefused($"The beta1 {range}", () => new Muon { Beta1 = share });
        AssertRefused($"The beta2 {range}", () => new Muon { Beta2 = share });
        AssertRefused($"The beta1 {range}", () => new Adam { Beta1 = share });
        AssertRefused($"The beta2 {range}", () => new Adam { Beta2 = share });
        AssertRefused($"The beta1 {range}", () => new AdamW { Beta1 = share });
        AssertRefused($"The beta2 {range}", () => new AdamW { Beta2 = share });
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_weight_decay_that_makes_no_sense_is_refused(double decay)
    {
        var message = $"The weight decay must not be negative, nor infinite; it is {decay}.";
        AssertRefused(message, () => new Sgd(1) { WeightDecay = decay });
        AssertRefused(message, () => new AdamW(1, decay));
        AssertRefused(message, () => new Muon(1, decay));
        AssertRefused(message, () => new RmsProp { WeightDecay = decay });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(1e-50)]                                 // 0 in float32
    public void An_epsilon_that_makes_no_sense_is_refused(double epsilon)
    {
        var range = $"epsilon must be a positive, finite float32, not {epsilon}.";
        AssertRefused($"Adam's {range}", () => new Adam { Epsilon = epsilon });
        AssertRefused($"AdamW's {range}", () => new AdamW { Epsilon = epsilon });
        AssertRefused($"RMSProp's {range}", () => new RmsProp { Epsilon = epsilon });
    }

    [Fact]
    public void A_decay_that_would_reverse_the_sign_of_weights_is_refused()
    {
        var parameters = new Network(new Dense(2, 1)).Parameters;
        var error = Assert.Throws<InvalidOperationException>(() => new AdamW(10, 0.2).Update(parameters));
        Assert.StartsWith("η·λ is 2: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesterov_without_momentum_is_refused()
    {
        var network = new Network(new Dense(2, 1));
        var sgd = new Sgd(1) { Nesterov = true };
        var error = Assert.Throws<InvalidOperationException>(() => sgd.Update(network.Parameters));
        Assert.StartsWith(
            "Nesterov looks ahead along the velocity, so it needs a momentum above 0",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Names_and_defaults_are_as_documented()
    {
        Sgd sgd = new(1);
        Assert.Equal(("sgd", 0.0, false, 0.0), (sgd.Name, sgd.Momentum, sgd.Nesterov, sgd.WeightDecay));
        Adam adam = new();
        Assert.Equal(
            ("adam", 0.001, 0.9, 0.999, 1e-8), (adam.Name, adam.LearningRate, adam.Beta1, adam.Beta2, adam.Epsilon));
        AdamW adamW = new();
        Assert.Equal(
            ("adamw", 0.001, 0.9, 0.999, 0.01),
            (adamW.Name, adamW.LearningRate, adamW.Beta1, adamW.Beta2, adamW.WeightDecay));
        RmsProp rmsProp = new();
        Assert.Equal(
            ("rmsprop", 0.001, 0.99, 0.0, 1e-8),
            (rmsProp.Name, rmsProp.LearningRate, rmsProp.Alpha, rmsProp.Momentum, rmsProp.Epsilon));
        Muon muon = new();
        Assert.Equal(("muon", 0.005, 0.95, 0.01), (muon.Name, muon.LearningRate, muon.Momentum, muon.WeightDecay));
    }

    [Fact]
    public void Weight_decay_affects_weights_and_spares_biases()
    {
        Optimizer[] optimizers =
        [
            new Sgd(0.5) { WeightDecay = 0.5 },
            new Sgd(0.5) { WeightDecay = 0.5, Momentum = 0.9 },
            new AdamW(0.5, 0.5),
            new Muon(0.5, 0.5),
        ];
        foreach (var optimizer in optimizers)
        {
            var dense = new Dense(2, 1);
            var parameters = new Network(dense).Parameters;
            parameters.Values.Values.Fill(1);
            optimizer.Update(parameters);                       // the gradients are zero
            Assert.Equal([0.75f, 0.75f], dense.Weights.Value.Values.ToArray());
            Assert.Equal([1f], dense.Bias.Value.Values.ToArray());
        }
        var weights = new Dense(2, 1);
        var scaled = new Network(weights).Parameters;
        scaled.Values.Values.Fill(1);
        new RmsProp(0.5) { WeightDecay = 0.5 }.Update(scaled);          // RMSProp scales the decay like the gradient
        Assert.All(weights.Weights.Value.Values.ToArray(), w => Assert.Equal(1 - 0.5 / Math.Sqrt(0.01), w, 1e-5));
        Assert.Equal(1f, weights.Bias.Value.Values[0]);
    }

    [Fact]
    public void A_changed_learning_rate_takes_effect_in_the_next_step()
    {
        foreach (var optimizer in (Optimizer[])[new Sgd(1), new Adam(1), new AdamW(1, 0)])
        {
            var parameters = new Network(new Dense(1, 1)).Parameters;
            parameters.Values.Values.Clear();
            parameters.Gradients.Values.Fill(1);
            optimizer.LearningRate = 0.25;
            optimizer.Update(parameters);
            Assert.All(parameters.Values.Values.ToArray(), w => Assert.Equal(-0.25, w, 1e-6));
        }
    }

    private static void AssertRefused(string message, Func<object> act) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentOutOfRangeException>(act).Message, StringComparison.Ordinal);
}
