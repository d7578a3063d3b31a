using Nabla.Tests.State;

namespace Nabla.Tests.Training;

public sealed class LearningRateFinderTests
{
    private static readonly LearningRateFinder finder = new() { BatchSize = 16 };

    private static Nabla.Data.Dataset Clouds => Examples.Clouds(300, 4, 3, 1);

    [Theory]
    [MemberData(nameof(SavedStateTests.Optimizers), MemberType = typeof(SavedStateTests))]
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
    public void A_new_optimizer_is_left_new()
    {
        var adam = new Adam(0.5);
        finder.Run(NewNetwork(), new SoftmaxCrossEntropy(), adam, Clouds);
        Assert.Equal(0.5, adam.LearningRate);
        adam.Update(NewNetwork().Parameters);           // it is not bound to the other network
    }

    [Fact]
    public void A_custom_optimizer_must_be_new_because_its_state_cannot_be_restored()
    {
        var network = NewNetwork();
        var custom = new Heavy();
        finder.Run(network, new SoftmaxCrossEntropy(), custom, Clouds);
        custom.Update(network.Parameters);
        Assert.Equal(1, custom.Steps);                  // the steps of the finder are forgotten
        var error = Assert.Throws<ArgumentException>(() =>
            finder.Run(network, new SoftmaxCrossEntropy(), custom, Clouds));
        Assert.StartsWith(
            "The optimiser 'heavy' has made steps already, and what it remembers cannot be restored, since it is " +
            "custom. Use a new optimiser to find a rate.",
            error.Message,
            StringComparison.Ordinal);
        Assert.Equal(1, custom.Steps);
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
        var (first, second) = (curve.Points[0], curve.Points[1]);
        Assert.Equal((0.1 * 0.9 * first.Loss + 0.1 * second.Loss) / 0.19, second.Smoothed, 1e-9);

        var calm = (finder with { To = 1e-3 }).Run(NewNetwork(), new SquaredError(), new Sgd(1), Clouds);
        Assert.Equal((false, 200), (calm.BlewUp, calm.Points.Count));
        Assert.Equal(1e-3, calm.Points[^1].Rate, 1e-12);
        Assert.Null(calm.Suggested);                    // such small rates change nothing
        Assert.Null(calm.Steepest);
    }

    [Fact]
    public void The_suggested_rates_train_well()
    {
        Func<double, Optimizer>[] makers =
            [rate => new Sgd(rate), rate => new Adam(rate), rate => new RmsProp(rate), rate => new Muon(rate)];
        foreach (var make in makers)
        {
            var curve = finder.Run(NewNetwork(), new SoftmaxCrossEntropy(), make(1), Clouds);
            foreach (var rate in (double?[])[curve.Suggested, curve.Steepest])
            {
                var trainer = new Trainer(NewNetwork(), new SoftmaxCrossEntropy(), make(rate!.Value));
                var epochs = trainer.Train(Clouds, new() { Epochs = 20, BatchSize = 16 }).ToList();
                Assert.True(
                    epochs[^1].TrainLoss < 0.5 * curve.Points[0].Loss,
                    $"{make(1).Name}, η = {rate}: {epochs[^1].TrainLoss}");
            }
        }
    }

    [Fact]
    public void The_rules_find_the_lowest_and_the_steepest_point()
    {
        static double Smoothed(int i) =>
            i < 40 ? 5 : i < 60 ? 5 - 0.2 * (i - 40) : i < 80 ? 1 - 0.01 * (i - 60) : 3;
        (double Rate, double Loss, double Smoothed)[] points =
            [.. Enumerable.Range(0, 100).Select(i => (Math.Pow(10, i / 10.0), 0, Smoothed(i)))];
        LearningRateCurve curve = new(points, false);
        Assert.Equal(points[79].Rate / 10, curve.Suggested!.Value, 1e-3);
        Assert.InRange(curve.Steepest!.Value, points[44].Rate, points[55].Rate);
        Assert.Null(new LearningRateCurve([], true).Suggested);
    }

    [Fact]
    public void Settings_that_make_no_sense_are_refused()
    {
        (LearningRateFinder, string)[] cases =
        [
            (finder with { From = 0 }, "The rates must go up from a positive number, but are from 0 to 100."),
            (finder with { To = 1e-7 }, "The rates must go up"),
            (finder with { Steps = 9 }, "9 steps show nothing"),
            (finder with { BatchSize = 0 }, "The batch size must be at least 1"),
            (finder with { Smoothing = 1 }, "The smoothing must be"),
        ];
        foreach (var (wrong, message) in cases)
        {
            var error = Assert.Throws<ArgumentException>(() =>
                wrong.Run(NewNetwork(), new SquaredError(), new Sgd(1), Clouds));
            Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_rate_at_which_weight_decay_would_reverse_signs_ends_the_run() =>
        Assert.True(finder.Run(NewNetwork(), new SoftmaxCrossEntropy(), new AdamW(0.001, 0.5), Clouds).BlewUp);

    [Fact]
    public void An_exception_of_another_kind_does_not_count_as_a_blow_up()
    {
        var nesterov = new Sgd(0.1) { Nesterov = true };
        var error = Assert.Throws<InvalidOperationException>(() =>
            finder.Run(NewNetwork(), new SoftmaxCrossEntropy(), nesterov, Clouds));
        Assert.StartsWith("Nesterov looks ahead", error.Message, StringComparison.Ordinal);
        var broken = new Network(new Dense(4, 3), new Broken());
        var before = broken.Parameters.Values.Values.ToArray();
        error = Assert.Throws<InvalidOperationException>(() =>
            finder.Run(broken, new SoftmaxCrossEntropy(), new Sgd(0.1), Clouds));
        Assert.Equal("broken", error.Message);
        TestNumbers.AssertSameBits(before, broken.Parameters.Values.Values, "restored nevertheless");
    }

    [Fact]
    public void Batches_that_a_batch_normalisation_cannot_learn_from_are_refused_as_in_a_training()
    {
        var network = new Network(new Dense(4, 3), new BatchNorm());
        var data = Examples.Clouds(33, 4, 3, 1);
        var error = Assert.Throws<ArgumentException>(() =>
            finder.Run(network, new SoftmaxCrossEntropy(), new Sgd(0.1), data));
        Assert.StartsWith(
            "33 examples in batches of 16 leave a single example at the end of an epoch",
            error.Message,
            StringComparison.Ordinal);
    }

    private static Network NewNetwork() => new(new Dense(4, 8), new Tanh(), new Dense(8, 3));

    private sealed class Heavy() : Optimizer(0.1)
    {
        public override string Name => "heavy";

        public int Steps { get; private set; }

        protected override void Allocate(ParameterBuffer parameters) => Steps = 0;

        protected override void Apply(ParameterBuffer parameters) => Steps++;
    }

    private sealed class Broken : Layer
    {
        public override void Forward(Matrix x, Matrix y, Pass pass) => throw new InvalidOperationException("broken");

        public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
        {
        }
    }
}
