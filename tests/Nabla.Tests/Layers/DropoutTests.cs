namespace Nabla.Tests.Layers;

public sealed class DropoutTests
{
    [Theory]
    [InlineData(0.1f)]
    [InlineData(0.5f)]
    [InlineData(0.9f)]
    public void The_dropped_share_is_the_rate_and_the_expectation_stays_the_same(float rate)
    {
        const int count = 200_000;
        var (layer, pass) = InNetwork(new Dropout(rate), count);
        var x = new Matrix(1, count);
        x.Values.Fill(1);
        var y = new Matrix(1, count);
        layer.Forward(x, y, pass);
        var dropped = y.Values.ToArray().Count(value => value == 0);
        var deviation = Math.Sqrt(count * (double)rate * (1 - rate));
        Assert.InRange(dropped, count * rate - 5 * deviation, count * rate + 5 * deviation);
        Assert.All(y.Values.ToArray().Where(value => value != 0), value => Assert.Equal(1 / (1 - rate), value));
        Assert.Equal(1, y.Values.ToArray().Average(value => (double)value), 5 * deviation / count / (1 - rate));
    }

    [Fact]
    public void The_backward_pass_uses_the_mask_of_the_forward_pass_and_the_next_step_another()
    {
        var (layer, pass) = InNetwork(new Dropout(0.3f), 1000);
        Matrix x = TestNumbers.UniformMatrix(7, 1000, 1), y = new(7, 1000);
        Matrix dY = TestNumbers.UniformMatrix(7, 1000, 2), dX = new(7, 1000);
        layer.Forward(x, y, pass);
        layer.Backward(x, y, dY, dX, pass);
        for (var i = 0; i < 7000; i++)
            Assert.Equal(y.Values[i] == 0 ? 0 : dY.Values[i] * (1 / (1 - 0.3f)), dX.Values[i]);
        var before = y.Values.ToArray();
        layer.Forward(x, y, pass);
        var same = before.Zip(y.Values.ToArray()).Count(pair => (pair.First == 0) == (pair.Second == 0));
        Assert.InRange(same, 7000 * 0.55, 7000 * 0.61);             // by chance, 0.3² + 0.7² of them
    }

    [Fact]
    public void A_step_draws_one_random_number_whatever_its_size()  // so a saved random state is enough to resume
    {
        var (layer, pass) = InNetwork(new Dropout(0.3f), 100);
        var twin = new RandomGenerator(0) { State = pass.Random!.State };
        layer.Forward(new(9, 100), new(9, 100), pass);
        twin.NextUInt64();
        Assert.Equal(twin.State, pass.Random.State);
    }

    [Fact]
    public void A_prediction_passes_everything_through()
    {
        var network = new Network(20, new Dropout(0.9f));
        var x = TestNumbers.UniformMatrix(3, 20, 1);
        TestNumbers.AssertSameBits(x.Values, network.Predict(x).Values, "prediction");
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(0.99999994f)]
    public void The_ends_of_the_range_work(float rate)
    {
        var (layer, pass) = InNetwork(new Dropout(rate), 1000);
        Matrix x = TestNumbers.UniformMatrix(1, 1000, 1), y = new(1, 1000);
        layer.Forward(x, y, pass);
        if (rate == 0)
            TestNumbers.AssertSameBits(x.Values, y.Values, "nothing is dropped");
        else
            Assert.All(y.Values.ToArray(), value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(1f)]
    [InlineData(-0.1f)]
    [InlineData(float.NaN)]
    public void Any_other_rate_is_refused(float rate) => Assert.Contains(
        "The rate of dropout must be at least 0 and less than 1",
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dropout(rate)).Message,
        StringComparison.Ordinal);

    private static (Layer Layer, Pass Pass) InNetwork(Dropout layer, int inputs)
    {
        var network = new Network(inputs, layer);
        return (layer, network.TrainingPass(16, new RandomGenerator(11)));
    }
}
