namespace Nabla.Tests.Parameters;

public sealed class InitializerTests
{
    private const int Inputs = 400, Outputs = 300;

    [Fact]
    public void Glorot_fills_its_interval_evenly()
    {
        var limit = Math.Sqrt(6.0 / (Inputs + Outputs));
        var w = Weights(Initializer.Glorot);
        Assert.All(w, value => Assert.InRange(Math.Abs(value), 0, limit));
        Assert.True(w.Max() > 0.999 * limit && w.Min() < -0.999 * limit);
        AssertMoments(w, limit / Math.Sqrt(3), fourth: 1.8);
    }

    [Fact]
    public void He_is_normal_with_its_deviation() =>
        AssertMoments(Weights(Initializer.He), Math.Sqrt(2.0 / Inputs), fourth: 3);

    [Fact]
    public void LeCun_is_normal_with_its_deviation() =>
        AssertMoments(Weights(Initializer.LeCun), Math.Sqrt(1.0 / Inputs), fourth: 3);

    [Fact]
    public void Normal_has_the_given_deviation() =>
        AssertMoments(Weights(Initializer.Normal(0.25)), 0.25, fourth: 3);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_deviation_that_makes_no_sense_is_refused(double deviation) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Normal(deviation));

    [Theory]
    [InlineData("sigmoid", "glorot")]
    [InlineData("tanh", "glorot")]
    [InlineData("relu", "he")]
    [InlineData("leaky-relu", "he")]
    [InlineData("softmax", "glorot")]
    [InlineData(null, "glorot")]                                // nothing follows
    [InlineData("dense 2", "glorot")]
    public void The_activation_that_follows_determines_the_weights(string? next, string rule)
    {
        var network = new Network(Inputs, Parse.Layers(next is null ? "dense 300" : "dense 300, " + next));
        var dense = (Dense)network.Layers[0];
        network.Initialize(11);
        var expected = new Matrix(Outputs, Inputs);
        var initializer = rule == "he" ? Initializer.He : Initializer.Glorot;
        initializer.Fill(expected, Inputs, Outputs, new RandomGenerator(11, stream: 1));
        TestNumbers.AssertSameBits(expected.Values, dense.Weights.Value.Values, rule);
        Assert.All(dense.Bias.Value.Values.ToArray(), b => Assert.Equal(0f, b));
    }

    [Fact]
    public void A_layer_with_an_explicit_initializer_ignores_the_suggestion()
    {
        var dense = new Dense(Inputs, Outputs) { Initializer = Initializer.Normal(1) };
        _ = new Network(dense, new Relu());
        AssertMoments(dense.Weights.Value.Values.ToArray(), 1, fourth: 3);
    }

    private static float[] Weights(Initializer initializer)
    {
        var w = new Matrix(Outputs, Inputs);
        initializer.Fill(w, fanIn: Inputs, fanOut: Outputs, new RandomGenerator(1));
        return w.Values.ToArray();
    }

    /// <summary>Mean, deviation and fourth moment, each within five standard errors.</summary>
    private static void AssertMoments(float[] w, double deviation, double fourth)
    {
        var z = w.Select(value => value / deviation).ToArray();
        Assert.Equal(0, z.Average(), 5 / Math.Sqrt(z.Length));
        Assert.Equal(1, z.Average(value => value * value), 5 * Math.Sqrt(2.0 / z.Length));
        Assert.Equal(fourth, z.Average(value => value * value * value * value), 5 * Math.Sqrt(96.0 / z.Length));
    }
}
