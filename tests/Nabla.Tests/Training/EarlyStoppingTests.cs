using Nabla.Data;

namespace Nabla.Tests.Training;

public sealed class EarlyStoppingTests
{
    /// <summary>
    /// One weight w and one example, x = 1 with target 0, so that the loss is w². The tests set w after each step.
    /// </summary>
    private readonly Network network = new(new Dense(1, 1));

    private readonly Dataset one = Dataset.FromNumbers("one", new Matrix([1], 0, 1, 1), new Matrix(1, 1));

    [Fact]
    public void It_stops_when_its_patience_runs_out_and_restores_the_best_weights()
    {
        var epochs = Losses(new() { Patience = 3 }, 5, 4, 2, 3, 2, 9, 1);
        Assert.Equal(6, epochs.Count);                  // three after the third: to equal the best is not progress
        Assert.Equal(Math.Sqrt(2), Weight, 1e-6);
    }

    [Fact]
    public void Without_restoring_the_last_weights_are_kept()
    {
        Losses(new() { Patience = 2, RestoresBest = false }, 5, 2, 3, 4, 1);
        Assert.Equal(2, Weight, 1e-6);
    }

    [Fact]
    public void The_best_weights_are_also_restored_if_the_epochs_run_out()
    {
        Assert.Equal(3, Losses(new() { Patience = 9 }, 5, 2, 3).Count);
        Assert.Equal(Math.Sqrt(2), Weight, 1e-6);
    }

    [Fact]
    public void Too_small_an_improvement_is_not_progress() =>
        Assert.Equal(3, Losses(new() { Patience = 2, MinimalImprovement = 0.5 }, 5, 4.6, 4.6, 1).Count);

    [Fact]
    public void A_loss_of_NaN_never_becomes_the_best()
    {
        EarlyStopping rule = new() { Metric = EarlyStoppingMetric.TrainLoss, Patience = 3 };
        var progression = new EarlyStoppingMonitor(rule, [network.Parameters.Values]);
        Weight = 7;
        progression.Watch(new Epoch(1, double.NaN, null, 1, 0));
        Weight = 8;
        progression.Watch(new Epoch(2, 5, null, 1, 0));
        Weight = 9;
        progression.Watch(new Epoch(3, double.NaN, null, 1, 0));
        progression.Dispose();
        Assert.Equal((8, false), (Weight, progression.HasEnded));
    }

    [Fact]
    public void Its_state_can_be_saved_and_restored()
    {
        EarlyStopping rule = new() { Metric = EarlyStoppingMetric.TrainLoss, Patience = 2 };
        var progression = new EarlyStoppingMonitor(rule, [network.Parameters.Values]);
        Weight = 7;
        progression.Watch(new Epoch(1, 5, null, 1, 0));
        progression.Watch(new Epoch(2, 6, null, 1, 0));
        var resumed = new EarlyStoppingMonitor(rule, [network.Parameters.Values]);
        SavedState.Of(progression).PutBack(resumed);
        Weight = 8;
        resumed.Watch(new Epoch(3, 5.5, null, 1, 0));
        Assert.True(resumed.HasEnded);
        resumed.Dispose();
        Assert.Equal(7, Weight);
    }

    [Fact]
    public void The_accuracy_can_be_watched()
    {
        var data = Examples.Clouds(60, 4, 3, 1);
        var trainer = new Trainer(new Network(new Dense(4, 3)), new SoftmaxCrossEntropy(), new Adam(0.1));
        var options = new TrainingOptions
        {
            Epochs = 100,
            Validation = data,
            EarlyStopping = new() { Metric = EarlyStoppingMetric.ValidationAccuracy, Patience = 4 },
        };
        var epochs = trainer.Train(data, options).ToList();
        Assert.InRange(epochs.Count, 5, 50);
        var best = epochs.MaxBy(epoch => epoch.Validation!.Accuracy)!;      // the first of them
        Assert.Equal(best.Number + 4, epochs.Count);
    }

    [Fact]
    public void A_metric_that_cannot_be_watched_is_refused_before_the_first_step()
    {
        var trainer = new Trainer(network, new SquaredError(), new Sgd(1));
        var options = new TrainingOptions { EarlyStopping = new() };
        var error = Assert.Throws<ArgumentException>(() => trainer.Train(one, options));
        Assert.StartsWith(
            "Early stopping watches the validation examples, but there are none.",
            error.Message,
            StringComparison.Ordinal);
        options = new()
        {
            Validation = one,
            EarlyStopping = new() { Metric = EarlyStoppingMetric.ValidationAccuracy },
        };
        error = Assert.Throws<ArgumentException>(() => trainer.Train(one, options));
        Assert.StartsWith(
            "Early stopping watches the accuracy, but one has no classes.", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new EarlyStopping { Patience = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new EarlyStopping { MinimalImprovement = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new EarlyStopping { MinimalImprovement = double.NaN });
    }

    private float Weight
    {
        get => network.Parameters.Values[0, 0];
        set => network.Parameters.Values[0, 0] = value;
    }

    /// <summary>Trains so that the validation losses are these, and returns the epochs that ran.</summary>
    private List<Epoch> Losses(EarlyStopping rule, params double[] losses)
    {
        var epoch = 0;
        var options = new TrainingOptions
        {
            Epochs = losses.Length,
            Validation = one,
            EarlyStopping = rule,
            OnStep = _ =>
            {
                network.Parameters.Values.Values.Clear();
                Weight = (float)Math.Sqrt(losses[epoch++]);
            },
        };
        return [.. new Trainer(network, new SquaredError(), new Sgd(1e-9)).Train(one, options)];
    }
}
