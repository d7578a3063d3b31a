namespace Nabla.Tests.Training;

public sealed class LearningRateFinderTests
{
    private static readonly LearningRateFinder finder = new() { BatchSize = 16 };

    private static Nabla.Data.Dataset Clouds => Examples.Clouds(300, 4, 3, 1);

    [Theory]
    [MemberData(nameof(Nabla.Tests.State.SavedStateTests.Optimizers), MemberType = typeof(Nabla.Tests.State.SavedStateTests))]
    public void Network_and_optimizer_are_left_as_they_were(string name)
    {
        float[] Trained(bool find)
        {
            var network = NewNetwork();
            var optimizer = Examples.OptimizerNamed(name);
            var trainer = new Trainer(network, new SoftmaxCrossEntropy(), optimizer);
            foreach (var epoch in trainer.Train(Clouds, new() { Epochs = 3, Schedule = Schedule.Cosine }))
                if (find && epoch.Number == 2)
                {
                    var before = network.Parameters.Values.Values.ToArray();
                    Assert.NotEmpty(finder.Run(network, new SoftmaxCrossEntropy(), optimizer, Clouds).Points);
                    TestNumbers.AssertSameBits(before, network.Parameters.Values.Values, name);
                }
            return network.Parameters.Values.Values.ToArray();
        }

        TestNumbers.AssertSameBits(Trained(false), Trained(true), name);
    }

    [Fact]
    public void An_optimizer_that_was_new_is_new_again()
    {
        var adam = new Adam(0.5);
        finder.Run(NewNetwork(), new SoftmaxCrossEntropy(), adam, Clouds);
        Assert.Equal(0.5, adam.LearningRate);
        adam.Update(NewNetwork().Parameters);           // it has not become that network's
    }

    [Fact]
    public void The_rates_grow_by_the_same_factor_until_the_loss_blows_up()
    {
        var curve = finder.Run(NewNetwork(), new SquaredError(), new Sgd(1), Clouds);
        Assert.True(curve.BlewUp);
        Assert.InRange(curve.Points.Count, 50, 199);
        Assert.Equal(1e-6, curve.Points[0].Rate, 1e-15);
        for (var i = 1; i < curve.Points.Count; i++)
            Assert.Equal(Math.Pow(1e8, 1.0 / 199), curve.Points[i].Rate / curve.Points[i - 1].Rate, 1e-9);
        Assert.Equal(curve.Points[0].Loss, curve.Points[0].Smoothed, 1e-12);
        Assert.Equal((0.1 * 0.9 * curve.Points[0].Loss + 0.1 * curve.Points[1].Loss) / 0.19, curve.Points[1].Smoothed, 1e-9);

        var calm = (finder with { To = 1e-3 }).Run(NewNetwork(), new SquaredError(), new Sgd(1), Clouds);
        Assert.Equal((false, 200), (calm.BlewUp, calm.Points.Count));
        Assert.Equal(1e-3, calm.Points[^1].Rate, 1e-12);
        Assert.Null(calm.Suggested);                    // such rates move nothing
        Assert.Null(calm.Steepest);
    }

    [Fact]
    public void What_it_suggests_trains_well()
    {
        foreach (var make in (Func<double, Optimizer>[])[rate => new Sgd(rate), rate => new Adam(rate), rate => new RmsProp(rate), rate => new Muon(rate)])
        {
            var curve = finder.Run(NewNetwork(), new SoftmaxCrossEntropy(), make(1), Clouds);
            foreach (var rate in (double?[])[curve.Suggested, curve.Steepest])
            {
                var trainer = new Trainer(NewNetwork(), new SoftmaxCrossEntropy(), make(rate!.Value));
                var epochs = trainer.Train(Clouds, new() { Epochs = 20, BatchSize = 16 }).ToList();
                Assert.True(epochs[^1].TrainLoss < 0.5 * curve.Points[0].Loss, $"{make(1).Name}, η = {rate}: {epochs[^1].TrainLoss}");
            }
        }
    }

    [Fact]
    public void The_rules_find_the_lowest_and_the_steepest_place()
    {
        (double Rate, double Loss, double Smoothed)[] points = [.. Enumerable.Range(0, 100).Select(i =>
            (Math.Pow(10, i / 10.0), 0, i < 40 ? 5 : i < 60 ? 5 - 0.2 * (i - 40) : i < 80 ? 1 - 0.01 * (i - 60) : 3))];
        LearningRateCurve curve = new(points, false);
        Assert.Equal(points[79].Rate / 10, curve.Suggested!.Value, 1e-3);
        Assert.InRange(curve.Steepest!.Value, points[44].Rate, points[55].Rate);
        Assert.Null(new LearningRateCurve([], true).Suggested);
    }

    [Fact]
    public void Settings_that_make_no_sense_are_refused()
    {
        foreach (var (wrong, message) in (ReadOnlySpan<(LearningRateFinder, string)>)[
            (finder with { From = 0 }, "The rates must go up from a positive number, but are from 0 to 100."),
            (finder with { To = 1e-7 }, "The rates must go up"),
            (finder with { Steps = 9 }, "9 steps show nothing"),
            (finder with { BatchSize = 0 }, "The batch size must be at least 1"),
            (finder with { Smoothing = 1 }, "The smoothing must be")])
            Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => wrong.Run(NewNetwork(), new SquaredError(), new Sgd(1), Clouds)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_weight_decay_that_a_huge_rate_would_turn_round_ends_it() =>
        Assert.True(finder.Run(NewNetwork(), new SoftmaxCrossEntropy(), new AdamW(0.001, 0.5), Clouds).BlewUp);

    [Fact]
    public void What_went_wrong_for_another_reason_is_no_blow_up()
    {
        Assert.StartsWith("Nesterov looks ahead", Assert.Throws<InvalidOperationException>(
            () => finder.Run(NewNetwork(), new SoftmaxCrossEntropy(), new Sgd(0.1) { Nesterov = true }, Clouds)).Message, StringComparison.Ordinal);
        var broken = new Network(new Dense(4, 3), new Broken());
        var before = broken.Parameters.Values.Values.ToArray();
        Assert.Equal("broken", Assert.Throws<InvalidOperationException>(() => finder.Run(broken, new SoftmaxCrossEntropy(), new Sgd(0.1), Clouds)).Message);
        TestNumbers.AssertSameBits(before, broken.Parameters.Values.Values, "put back nevertheless");
    }

    [Fact]
    public void Batches_that_a_batch_normalisation_cannot_learn_from_are_refused_as_in_a_training()
    {
        var network = new Network(new Dense(4, 3), new BatchNorm());
        Assert.StartsWith("33 examples in batches of 16 leave a single example at the end of an epoch", Assert.Throws<ArgumentException>(
            () => finder.Run(network, new SoftmaxCrossEntropy(), new Sgd(0.1), Examples.Clouds(33, 4, 3, 1))).Message, StringComparison.Ordinal);
    }

    private static Network NewNetwork() => new(new Dense(4, 8), new Tanh(), new Dense(8, 3));

    private sealed class Broken : Layer
    {
        public override void Forward(Matrix x, Matrix y, Pass pass) => throw new InvalidOperationException("broken");

        public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
        {
        }
    }
}
