namespace Nabla.Tests.Training;

public sealed class ParameterAverageTests
{
    private static Nabla.Data.Dataset Clouds => Examples.Clouds(100, 4, 3, 1);

    [Fact]
    public void The_first_average_is_the_first_weights_and_older_weights_count_less()
    {
        Matrix w = new([1, 10], 0, 1, 2);
        var average = new ParameterAverage([w], 0.5);
        average.Show();
        Assert.Equal([1, 10], w.Values.ToArray());      // nothing to show yet
        average.Hide();
        average.Add();
        average.Show();
        Assert.Equal([1, 10], w.Values.ToArray());
        average.Hide();
        ((float[])[4, 40]).CopyTo(w.Values);
        average.Add();
        average.Show();
        Assert.Equal(3, w[0, 0], 1e-6f);                // (0.5·1 + 4) / 1.5
        Assert.Equal(30, w[0, 1], 1e-5f);
        average.Show();
        average.Hide();
        Assert.Equal([4, 40], w.Values.ToArray());
    }

    [Fact]
    public void The_training_continues_with_the_raw_weights_and_everything_else_sees_the_average()
    {
        var (raw, rawEpochs) = Train(null, 4);
        var (averaged, epochs) = Train(0.9, 4);
        for (var i = 0; i < 4; i++)
        {
            // The steps were the same, but other weights were evaluated.
            Assert.Equal(rawEpochs[i].TrainLoss, epochs[i].TrainLoss);
            Assert.NotEqual(rawEpochs[i].Validation!.Loss, epochs[i].Validation!.Loss);
        }
        Assert.Equal(epochs[^1].Validation!.Loss, Evaluation.Of(averaged, new SoftmaxCrossEntropy(), Clouds).Loss);
        Assert.NotEqual(raw.Parameters.Values.Values.ToArray(), averaged.Parameters.Values.Values.ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void However_the_training_ends_the_network_holds_the_average(bool cancelled)
    {
        var expected = Train(0.9, 3).Network.Parameters.Values.Values.ToArray();
        var network = NewNetwork();
        using var cancel = new CancellationTokenSource();
        var options = Options(0.9, 9) with
        {
            OnStep = p =>
            {
                if (cancelled && p.Epoch == 3 && p.Step == p.StepsPerEpoch)
                    cancel.Cancel();
            },
        };
        foreach (var epoch in NewTrainer(network).Train(Clouds, options, cancel.Token))
            if (epoch.Number == 3)
                break;
        Assert.Equal(expected, network.Parameters.Values.Values.ToArray());
    }

    [Fact]
    public void With_early_stopping_the_best_average_is_restored()
    {
        var network = NewNetwork();
        var options = Options(0.9, 6) with { EarlyStopping = new() { Patience = 50 } };
        var epochs = NewTrainer(network).Train(Clouds, options).ToList();
        var final = Evaluation.Of(network, new SoftmaxCrossEntropy(), Clouds);
        Assert.Equal(epochs.Min(epoch => epoch.Validation!.Loss), final.Loss);
    }

    [Fact]
    public void Its_state_can_be_saved_and_restored()
    {
        Matrix w = new([1, 10], 0, 1, 2);
        var average = new ParameterAverage([w], 0.5);
        average.Add();
        average.Show();
        Matrix other = new([1, 10], 0, 1, 2);
        var resumed = new ParameterAverage([other], 0.5);
        SavedState.Of(average).PutBack(resumed);
        foreach (var (one, numbers) in (ReadOnlySpan<(ParameterAverage, Matrix)>)[(average, w), (resumed, other)])
        {
            one.Hide();
            ((float[])[4, 40]).CopyTo(numbers.Values);
            one.Add();
            one.Show();
        }
        TestNumbers.AssertSameBits(w.Values, other.Values, "resumed");
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void A_decay_that_makes_no_sense_is_refused(double decay) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrainingOptions { AverageDecay = decay });

    [Fact]
    public void A_training_that_clips_reports_the_size_of_its_gradients()
    {
        var network = NewNetwork();
        var options = Options(null, 2) with { Clipping = GradientClipping.ByNorm(1e-6) };
        var epochs = NewTrainer(network).Train(Clouds, options).ToList();
        Assert.All(epochs, epoch => Assert.Equal(1, epoch.Gradients!.Value.Clipped));
        Assert.All(epochs, epoch => Assert.InRange(epoch.Gradients!.Value.Mean, 1e-3, epoch.Gradients!.Value.Largest));
        Assert.Equal(epochs[0].Validation!.Loss, epochs[1].Validation!.Loss, 1e-3);     // it has hardly moved
        Assert.Null(NewTrainer(NewNetwork()).Train(Clouds, Options(null, 1)).Single().Gradients);
    }

    [Fact]
    public void The_parts_of_the_state_of_a_training_have_names()
    {
        Assert.Equal(
            ["average", "batches", "clipping", "optimizer", "progression", "random", "rate"],
            PartsOf(Options(0.9, 2) with { Clipping = GradientClipping.ByNorm(1), EarlyStopping = new() }));
        Assert.Equal(["batches", "optimizer", "random", "rate"], PartsOf(Options(null, 1)));

        static IEnumerable<string> PartsOf(TrainingOptions options)
        {
            using var state = new TrainingState(NewTrainer(NewNetwork()), Clouds, options);
            return [.. state.Parts.Where(part => part.Part is not null).Select(part => part.Name).Order()];
        }
    }

    [Fact]
    public void The_rate_of_a_plateau_follows_from_the_saved_state()
    {
        Sgd one = new(0.5), two = new(0.5);
        TrainingOptions options = new() { Epochs = 9, Schedule = Schedule.Plateau(1) };
        ScheduledRate rate = new(one, options), resumed = new(two, options);
        for (var epoch = 1; epoch <= 4; epoch++)
            rate.Watch(new Epoch(epoch, 3, null, 0.5, 0));
        SavedState.Of(rate).PutBack(resumed);
        rate.Set(5, 0.5);
        resumed.Set(5, 0.5);
        Assert.Equal((0.25, 0.25), (one.LearningRate, two.LearningRate));
    }

    private static (Network Network, List<Epoch> Epochs) Train(double? decay, int epochs)
    {
        var network = NewNetwork();
        return (network, [.. NewTrainer(network).Train(Clouds, Options(decay, epochs))]);
    }

    private static TrainingOptions Options(double? decay, int epochs) =>
        new() { Epochs = epochs, BatchSize = 10, Validation = Clouds, AverageDecay = decay };

    private static Network NewNetwork() => new(new Dense(4, 6), new Sigmoid(), new Dense(6, 3));

    private static Trainer NewTrainer(Network network) => new(network, new SoftmaxCrossEntropy(), new Sgd(0.5));
}
