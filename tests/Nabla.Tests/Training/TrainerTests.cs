namespace Nabla.Tests.Training;

public sealed class TrainerTests
{
    [Fact]
    public void Each_epoch_gives_one_record()
    {
        var trainer = TrainerOfClouds(out var optimizer);
        var options = new TrainingOptions { Epochs = 5, Validation = Examples.Clouds(31, 4, 3, 2) };
        var epochs = trainer.Train(Clouds, options).ToList();
        Assert.Equal([1, 2, 3, 4, 5], epochs.Select(e => e.Number));
        Assert.True(epochs[^1].TrainLoss < epochs[0].TrainLoss);
        Assert.All(epochs, e => Assert.Equal(31, e.Validation!.Count));
        Assert.All(epochs, e => Assert.Equal(optimizer.LearningRate, e.LearningRate));
        Assert.All(epochs, e => Assert.InRange(e.Seconds, 0, 60));
    }

    [Fact]
    public void Without_validation_examples_nothing_is_evaluated() =>
        Assert.Null(TrainerOfClouds(out _).Train(Clouds, new TrainingOptions { Epochs = 1 }).Single().Validation);

    [Fact]
    public void No_epochs_change_nothing()
    {
        var network = new Network(new Dense(4, 3));
        var before = network.Parameters.Values.Values.ToArray();
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1));
        Assert.Empty(trainer.Train(Clouds, new TrainingOptions { Epochs = 0 }));
        Assert.Equal(before, network.Parameters.Values.Values.ToArray());
    }

    [Fact]
    public void A_training_stops_when_no_more_epochs_are_requested()
    {
        var steps = 0;
        var options = new TrainingOptions { Epochs = 100, BatchSize = 10, OnStep = _ => steps++ };
        foreach (var epoch in TrainerOfClouds(out _).Train(Clouds, options))
            if (epoch.Number == 3)
                break;
        Assert.Equal(3 * 10, steps);
    }

    [Fact]
    public void A_cancelled_training_ends_after_the_step()
    {
        using var cancel = new CancellationTokenSource();
        var steps = 0;
        var options = new TrainingOptions
        {
            BatchSize = 10,
            OnStep = p =>
            {
                steps++;
                if (p is { Epoch: 2, Step: 4 })
                    cancel.Cancel();
            },
        };
        Assert.Single(TrainerOfClouds(out _).Train(Clouds, options, cancel.Token));
        Assert.Equal(14, steps);
    }

    [Theory]
    [InlineData("end")]
    [InlineData("break")]
    [InlineData("cancel")]
    [InlineData("error")]
    public void However_a_training_ends_the_learning_rate_is_restored(string how)
    {
        using var cancel = new CancellationTokenSource();
        var trainer = TrainerOfClouds(out var optimizer);
        var options = new TrainingOptions
        {
            Epochs = 4,
            Schedule = Schedule.Cosine,
            OnStep = p =>
            {
                if (p.Epoch == 3 && how == "cancel")
                    cancel.Cancel();
                if (p.Epoch == 3 && how == "error")
                    throw new InvalidOperationException();
            },
        };
        try
        {
            foreach (var epoch in trainer.Train(Clouds, options, cancel.Token))
                if (epoch.Number == 3 && how == "break")
                    break;
        }
        catch (InvalidOperationException)
        {
        }
        Assert.Equal(0.1, optimizer.LearningRate);
    }

    [Fact]
    public void The_schedule_sets_the_learning_rate_of_each_step()
    {
        var trainer = TrainerOfClouds(out var optimizer);
        var rates = new List<double>();
        var options = new TrainingOptions
        {
            Epochs = 3,
            BatchSize = 10,
            Schedule = Schedule.Cosine,
            OnStep = _ => rates.Add(optimizer.LearningRate),
        };
        foreach (var _ in trainer.Train(Clouds, options))
        {
        }
        Assert.Equal(30, rates.Count);
        for (var i = 0; i < rates.Count; i++)
            Assert.Equal(0.1 * (1 + Math.Cos(Math.PI * i / 30)) / 2, rates[i], 1e-15);
    }

    [Theory]
    [InlineData(100, 32)]
    [InlineData(100, 1)]
    [InlineData(100, 50)]
    [InlineData(100, 99)]
    [InlineData(100, 100)]
    [InlineData(100, 1000)]
    [InlineData(1, 32)]
    public void Every_example_appears_exactly_once_per_epoch(int count, int batchSize)
    {
        var recorder = new Recorder();
        var network = new Network(recorder, new Dense(1, 1));
        network.Parameters.Values.Values.Clear();
        var trainer = new Trainer(network, new SquaredError(), new Sgd(1e-9));
        var options = new TrainingOptions { Epochs = 3, BatchSize = batchSize };
        foreach (var epoch in trainer.Train(Examples.Numbered(count), options))
        {
            Assert.Equal(Enumerable.Range(1, count), recorder.Seen.Order());
            Assert.True(
                count < 10 || !recorder.Seen.SequenceEqual(Enumerable.Range(1, count)),
                "The examples are not shuffled.");
            Assert.Equal((count + batchSize - 1) / batchSize, recorder.Batches);
            recorder.Seen.Clear();
            recorder.Batches = 0;
        }
    }

    [Fact]
    public void The_mean_cost_counts_each_example_once_even_if_the_last_batch_is_smaller()
    {
        var network = new Network(new Dense(1, 1));
        network.Parameters.Values.Values.Clear();
        network.Parameters.Values[0, 0] = 1;            // the target is 0, so the cost is the square of the input
        var last = (Epoch: 0, Step: 0, Steps: 0, Cost: 0.0);
        var options = new TrainingOptions
        {
            Epochs = 1,
            BatchSize = 4,
            OnStep = p => last = (p.Epoch, p.Step, p.StepsPerEpoch, p.MeanCost),
        };
        var trainer = new Trainer(network, new SquaredError(), new Sgd(1e-30));
        var epoch = trainer.Train(Examples.Numbered(10), options).Single();
        Assert.Equal(38.5, epoch.TrainLoss, 1e-12);             // (1 + 4 + … + 100) / 10
        Assert.Equal((1, 3, 3), (last.Epoch, last.Step, last.Steps));
        Assert.Equal(38.5, last.Cost, 1e-12);
    }

    [Theory]
    [InlineData("dense 8, relu, dense 3", "softmax-cross-entropy")]
    [InlineData("dense 8, relu, dense 8, relu, dense 8, relu, dense 3", "softmax-cross-entropy")]
    [InlineData("dense 8, dense 8, dense 3", "squared-error")]
    [InlineData("dense 3", "squared-error")]
    [InlineData("dense 8, tanh, dense 3", "sigmoid-cross-entropy")]
    public void A_training_that_diverges_throws_and_leaves_finite_weights(string layers, string loss)
    {
        for (var power = 0; power <= 38; power++)
        {
            var network = new Network(4, Parse.Layers(layers));
            DivergedException? diverged = null;
            try
            {
                foreach (var _ in new Trainer(network, Examples.LossNamed(loss), new Sgd(Math.Pow(10, power)))
                    .Train(Clouds, new TrainingOptions { Epochs = 5, BatchSize = 10 }))
                {
                }
            }
            catch (DivergedException e)
            {
                diverged = e;
            }
            var where = $"η = 1e{power}, {diverged?.Message ?? "no error"}";
            Assert.All(network.Parameters.Values.Values.ToArray(), w => Assert.True(float.IsFinite(w), where));
            if (diverged is not null)
            {
                Assert.InRange(diverged.Epoch!.Value, 1, 5);
                Assert.InRange(diverged.Step!.Value, 1, 10);
                Assert.Contains(
                    $"in epoch {diverged.Epoch}, step {diverged.Step};", diverged.Message, StringComparison.Ordinal);
            }
            else
            {
                Assert.True(power < 2 || loss != "squared-error", "This cannot have gone well.");
            }
        }
    }

    [Fact]
    public void An_input_of_NaN_stops_the_training_before_it_reaches_the_weights()
    {
        var network = new Network(new Dense(2, 1));
        var before = network.Parameters.Values.Values.ToArray();
        var trainer = new Trainer(network, new SquaredError(), new Adam());
        var error = Assert.Throws<DivergedException>(() => trainer.Step(new([1, float.NaN], 0, 1, 2), new(1, 1)));
        Assert.StartsWith(
            "The cost is not a number (NaN), for an input is not finite; " +
            "the weights were left as they were before it.",
            error.Message,
            StringComparison.Ordinal);
        Assert.Equal(before, network.Parameters.Values.Values.ToArray());
    }

    [Fact]
    public void A_gradient_that_is_too_large_stops_the_training_and_names_the_layer()
    {
        var network = new Network(new Dense(1, 1), new Dense(1, 1));
        ((Dense)network.Layers[0]).Weights.Value.Values[0] = 1e-20f;
        ((Dense)network.Layers[1]).Weights.Value.Values[0] = 1e19f;
        var before = network.Parameters.Values.Values.ToArray();
        var trainer = new Trainer(network, new SquaredError(), new Sgd(1));
        var error = Assert.Throws<DivergedException>(() => trainer.Step(new([1], 0, 1, 1), new([9], 0, 1, 1)));
        Assert.StartsWith(
            "The gradient of layer 1 (Dense), weight, is as large as 1.78E+20; the weights were left",
            error.Message,
            StringComparison.Ordinal);
        Assert.Equal(before, network.Parameters.Values.Values.ToArray());
    }

    [Fact]
    public void A_learning_rate_set_between_epochs_is_kept_and_the_schedule_continues_from_it()
    {
        var optimizer = new Sgd(0.1);
        var trainer = new Trainer(new Network(4, Parse.Layers("dense 3")), new SquaredError(), optimizer);
        var half = Schedule.Custom("half", progress => progress < 0.5 ? 1 : 0.5);
        List<double> rates = [];
        foreach (var epoch in trainer.Train(Clouds, new() { Epochs = 4, BatchSize = 10, Schedule = half }))
        {
            rates.Add(epoch.LearningRate);
            if (epoch.Number == 1)
                optimizer.LearningRate = 0.01;
        }
        Assert.Equal([0.1, 0.01, 0.005, 0.005], rates);
        Assert.Equal(0.01, optimizer.LearningRate);
    }

    [Fact]
    public void A_network_that_does_not_fit_the_loss_is_refused_before_the_first_step()
    {
        var network = new Network(new Dense(2, 2), new Softmax());
        Assert.Throws<ArgumentException>(() => new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(1)));
    }

    [Fact]
    public void An_optimizer_serves_one_network()
    {
        var adam = new Adam();
        adam.Update(new Network(new Dense(2, 2)).Parameters);
        var other = new Network(new Dense(2, 2)).Parameters;
        var error = Assert.Throws<InvalidOperationException>(() => adam.Update(other));
        Assert.StartsWith("This adam has updated another network before", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Outputs_of_NaN_are_never_right()
    {
        var network = new Network(new Dense(4, 3));
        network.Parameters.Values.Values.Fill(float.NaN);
        var result = Evaluation.Of(network, new SquaredError(), Clouds);
        Assert.Equal((0, 0.0), (result.Correct, result.Accuracy));
        Assert.All(result.Predictions, predicted => Assert.Equal(Evaluation.NoClass, predicted));
    }

    [Fact]
    public void A_step_returns_the_cost_before_it_and_reduces_it()
    {
        var network = new Network(new Dense(2, 3), new Tanh(), new Dense(3, 1));
        var trainer = new Trainer(network, new SigmoidCrossEntropy(), new Sgd(0.1));
        var backpropagation = new Backpropagation(network, new SigmoidCrossEntropy());
        var (x, target) = Examples.Xor;
        var cost = backpropagation.Run(x, target);
        Assert.Equal(cost, trainer.Step(x, target));
        Assert.True(backpropagation.Run(x, target) < cost);
    }

    [Fact]
    public void Gradients_are_not_accumulated()
    {
        var network = new Network(new Dense(2, 3), new Tanh(), new Dense(3, 1));
        var backpropagation = new Backpropagation(network, new SquaredError());
        var (x, target) = Examples.Xor;
        backpropagation.Run(x, target);
        var once = network.Parameters.Gradients.Values.ToArray();
        network.Parameters.Gradients.Values.Fill(float.NaN);
        backpropagation.Run(x, target);
        Assert.Equal(once, network.Parameters.Gradients.Values.ToArray());
    }

    [Fact]
    public void Batches_of_changing_size_give_the_gradient_of_each()
    {
        var network = new Network(new Dense(4, 3), new Sigmoid(), new Dense(3, 2));
        var one = new Backpropagation(network, new SquaredError());
        Matrix x = TestNumbers.UniformMatrix(9, 4, 1), target = TestNumbers.UniformMatrix(9, 2, 2);
        foreach (var rows in (int[])[5, 9, 1, 7])
        {
            one.Run(x.FirstRows(rows), target.FirstRows(rows));
            var gradients = network.Parameters.Gradients.Values.ToArray();
            new Backpropagation(network, new SquaredError()).Run(x.FirstRows(rows), target.FirstRows(rows));
            Assert.Equal(network.Parameters.Gradients.Values.ToArray(), gradients);
        }
    }

    [Theory]
    [InlineData("tanh", "adam")]
    [InlineData("sigmoid", "adam")]
    [InlineData("leaky-relu", "adam")]
    [InlineData("tanh", "nesterov")]
    public void Exclusive_or_is_learned(string activation, string optimizer)
    {
        var (x, target) = Examples.Xor;
        for (ulong seed = 0; seed < 5; seed++)
        {
            var network = new Network(2, Parse.Layers($"dense 8, {activation}, dense 1"));
            network.Initialize(seed);
            var descent = optimizer == "adam" ? new Adam(0.05) : Examples.OptimizerNamed(optimizer);
            var trainer = new Trainer(network, new SigmoidCrossEntropy(), descent);
            var cost = double.NaN;
            for (var step = 0; step < 1000; step++)
                cost = trainer.Step(x, target);
            Assert.True(cost < 0.05, $"Seed {seed}: after 1,000 steps the cost is {cost}.");
            var output = network.Predict(x);
            for (var i = 0; i < 4; i++)
                Assert.Equal(target[i, 0] == 1, output[i, 0] > 0);
        }
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(1, 0)]
    [InlineData(1, -1)]
    public void Options_that_make_no_sense_are_refused(int epochs, int batchSize) =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            new TrainingOptions { Epochs = epochs, BatchSize = batchSize });

    private static Nabla.Data.Dataset Clouds => Examples.Clouds(100, 4, 3, 1);

    private static Trainer TrainerOfClouds(out Optimizer optimizer)
    {
        optimizer = new Sgd(0.1);
        var network = new Network(new Dense(4, 6), new Sigmoid(), new Dense(6, 3));
        return new(network, new SoftmaxCrossEntropy(), optimizer);
    }

    /// <summary>Passes everything through, and records it.</summary>
    private sealed class Recorder : Layer
    {
        public List<int> Seen { get; } = [];

        public int Batches { get; set; }

        public override void Forward(Matrix x, Matrix y, Pass pass)
        {
            Batches++;
            foreach (var value in x.Values)
                Seen.Add((int)value);
            x.Values.CopyTo(y.Values);
        }

        public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass) => Assert.True(dX.IsEmpty);
    }
}
