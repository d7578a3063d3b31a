using Nabla.Data;

namespace Nabla.Tests.Training;

/// <summary>
/// A training that is stopped after any step, saved to a file, and resumed in a new trainer ends with the same bytes as
/// one that was never stopped.
/// </summary>
[Collection(Machine.Name)]
public sealed class ResumeTests : MachineTests
{
    private const int EpochCount = 3;

    [Theory]
    [InlineData("sgd", "constant", "dense 8, sigmoid, dense 3", "")]
    [InlineData("sgd-decay", "cosine", "dense 8, tanh, dense 3", "clip")]
    [InlineData("momentum", "linear", "dense 8, relu, dropout 0.3, dense 3", "")]
    [InlineData("nesterov", "step 1 0.5", "dense 8, batch-norm, relu, dense 3", "clip")]
    [InlineData("adam", "plateau 0 0.5", "dense 8, relu, dropout 0.2, dense 3", "validation")]
    [InlineData("adam", "warmup 1 then cosine", "dense 8, batch-norm, relu, dropout 0.2, dense 3", "validation ema")]
    [InlineData("adamw", "one-cycle", "dense 8, layer-norm, gelu, dense 3", "ema clip")]
    [InlineData("adamw", "plateau 0 0.1", "dense 8, relu, dense 3", "validation stop")]
    [InlineData("rmsprop", "exponential 0.7", "dense 8, relu, dense 3", "validation stop ema")]
    [InlineData("rmsprop-momentum", "cosine", "dense 8, batch-norm, relu, dense 3", "validation stop ema clip")]
    [InlineData("muon", "one-cycle", "dense 8, relu, dropout 0.5, dense 3", "clip")]
    [InlineData("muon", "plateau 0 0.5", "dense 8, batch-norm, relu, dropout 0.1, dense 3", "validation stop ema clip")]
    [InlineData("adam", "constant", "conv 2 3, batch-norm, relu, max-pool 2, flatten, dense 3", "images augment")]
    [InlineData(
        "muon", "linear 0.1 for 50% then constant", "dense 8, batch-norm, relu, dropout 0.1, dense 3",
        "images augment validation stop ema clip")]
    public void A_training_stopped_after_any_step_and_resumed_ends_with_the_same_bytes(
        string optimizer, string schedule, string layers, string features)
    {
        using var folder = new TemporaryFolder();
        var setting = new Setting(optimizer, schedule, layers, features);
        var whole = setting.Begin();
        var steps = 0;
        var expected = whole.Train(options => options with { OnStep = _ => steps++ });
        Assert.True(steps >= EpochCount * 3);
        for (var stop = 0; stop <= steps; stop++)
        {
            Compute.Threads = 1 + stop % 3;                     // the number of threads changes nothing either
            using var cancellation = new CancellationTokenSource();
            var stopped = setting.Begin();
            if (stop == 0)
                cancellation.Cancel();
            var done = 0;
            var before = stopped.Train(
                options => options with { OnStep = _ => CancelAt(stop, ++done, cancellation) },
                cancel: cancellation.Token).Epochs;
            if (stop == steps)
            {
                // It was cancelled when nothing was left to do.
                Assert.Throws<InvalidOperationException>(stopped.Training!.TakeCheckpoint);
                continue;
            }
            CheckpointFile.Save(stopped.Training!.TakeCheckpoint(), folder.At("checkpoint"));
            Compute.Threads = 1 + (stop + 1) % 3;
            var (after, numbers) = setting.Begin().Resume(CheckpointFile.Load(folder.At("checkpoint")));
            TestNumbers.AssertSameBits(expected.Numbers, numbers, $"stopped after step {stop}");
            Assert.Equal(expected.Epochs, [.. before, .. after]);
        }
    }

    [Theory]
    [InlineData("adam", "plateau 0 0.5", "dense 8, batch-norm, relu, dropout 0.2, dense 3", "validation stop ema clip")]
    [InlineData("momentum", "cosine", "dense 8, relu, dense 3", "")]
    public void A_checkpoint_can_be_taken_after_any_step_and_epoch_without_stopping(
        string optimizer, string schedule, string layers, string features)
    {
        var setting = new Setting(optimizer, schedule, layers, features);
        var checkpoints = new List<Checkpoint>();
        var whole = setting.Begin();
        var plain = setting.Begin().Train();
        void TakeOne() => checkpoints.Add(whole.Training!.TakeCheckpoint());
        var expected = whole.Train(options => options with { OnStep = _ => TakeOne() }, afterEpoch: TakeOne);
        TestNumbers.AssertSameBits(plain.Numbers, expected.Numbers, "taking checkpoints changes nothing");
        foreach (var checkpoint in checkpoints)
        {
            var (after, numbers) = setting.Begin().Resume(checkpoint);
            TestNumbers.AssertSameBits(expected.Numbers, numbers, $"epoch {checkpoint.Epoch}, step {checkpoint.Step}");
            Assert.Equal(expected.Epochs[^after.Count..], after);
        }
    }

    [Fact]
    public void If_the_schedule_does_not_look_ahead_extra_epochs_give_the_same_as_a_longer_training_from_the_start()
    {
        var setting = new Setting("adam", "step 1 0.5", "dense 8, relu, dropout 0.2, dense 3", "");
        var longer = setting.Begin().Train(options => options with { Epochs = EpochCount + 2 });
        Checkpoint? end = null;
        var first = setting.Begin();
        first.Train(afterEpoch: () => end = first.Training!.TakeCheckpoint());
        var extended = setting.Begin().Resume(end!, options => options with { Epochs = EpochCount + 2 });
        TestNumbers.AssertSameBits(longer.Numbers, extended.Numbers, "extended");
    }

    [Theory]
    [InlineData("batch size is '5', but was '8'", "batch")]
    [InlineData("seed is '4', but was '3'", "seed")]
    [InlineData("schedule is 'cosine', but was 'constant'", "schedule")]
    [InlineData("epochs is '2', but was '3'", "epochs")]
    [InlineData("training data is '30 examples of 12 inputs and 3 outputs, sha256 ", "data")]
    [InlineData(
        "optimizer is 'adam beta1 0.9, beta2 0.999, epsilon 1E-08', but was 'sgd momentum 0, weight decay 0'",
        "optimizer")]
    [InlineData(
        "network is 'dense 9, relu, dense 3 for 12 inputs', but was 'dense 8, relu, dense 3 for 12 inputs'",
        "network")]
    [InlineData("average is '0.5', but was 'none'", "average")]
    public void Resuming_with_other_settings_is_refused_with_the_difference_and_changes_nothing(
        string expected, string what)
    {
        using var cancelled = new CancellationTokenSource();
        var setting = new Setting("sgd", "constant", "dense 8, relu, dense 3", "");
        var stopped = setting.Begin();
        stopped.Train(options => options with { OnStep = _ => cancelled.Cancel() }, cancel: cancelled.Token);
        var other = (what switch
        {
            "optimizer" => new Setting("adam", "constant", "dense 8, relu, dense 3", ""),
            "network" => new Setting("sgd", "constant", "dense 9, relu, dense 3", ""),
            _ => setting,
        }).Begin(what == "data" ? 2ul : 1);
        var before = other.Numbers();
        var checkpoint = stopped.Training!.TakeCheckpoint();
        var refusal = Assert.Throws<ArgumentException>(() => other.Resume(checkpoint, options => what switch
        {
            "batch" => options with { BatchSize = 5 },
            "seed" => options with { Seed = 4 },
            "schedule" => options with { Schedule = Schedule.Cosine },
            "epochs" => options with { Epochs = 2 },
            "average" => options with { AverageDecay = 0.5 },
            _ => options,
        }));
        Assert.Contains(expected, refusal.Message);
        TestNumbers.AssertSameBits(before, other.Numbers(), what);
    }

    [Fact]
    public void There_is_no_checkpoint_before_or_after_a_training_and_none_within_a_step()
    {
        var never = new Trainer(new Network(new Dense(12, 3)), new SquaredError(), new Sgd(0.1))
            .Train(Examples.Clouds(30, 12, 3, 1), new() { Epochs = 1, Observers = [new WithinStep()] });
        Refuses("No training is under way");
        Assert.Single(never);
        Refuses("No training is under way");

        void Refuses(string message) =>
            Assert.Contains(message, Assert.Throws<InvalidOperationException>(never.TakeCheckpoint).Message);
    }

    [Fact]
    public void A_training_is_enumerated_once()
    {
        var run = new Trainer(new Network(new Dense(12, 3)), new SquaredError(), new Sgd(0.1))
            .Train(Examples.Clouds(30, 12, 3, 1), new() { Epochs = 2 });
        Assert.Equal(2, run.Count());
        Assert.True(run.IsDone);
        Assert.Contains("enumerated once", Assert.Throws<InvalidOperationException>(() => run.Count()).Message);
    }

    [Fact]
    public void A_training_knows_where_it_stands_and_where_it_was_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        List<(int Epoch, int Step)> seen = [];
        TrainingRun run = null!;
        run = new Trainer(new Network(new Dense(12, 3)), new SquaredError(), new Sgd(0.1)).Train(
            Examples.Clouds(30, 12, 3, 1), new() { Epochs = 3, BatchSize = 10, OnStep = Cancel }, cancellation.Token);
        Assert.Equal((1, 0, false, null), (run.Epoch, run.Step, run.IsDone, run.CancelledAt));
        Assert.Single(run);
        Assert.Equal((2, 2, false, (2, 2)), (run.Epoch, run.Step, run.IsDone, run.CancelledAt));

        Assert.Equal([(1, 1), (1, 2), (1, 3), (2, 1), (2, 2)], seen);

        void Cancel(TrainingRun training)
        {
            Assert.Same(run, training);
            Assert.Equal(3, training.StepsPerEpoch);
            seen.Add((training.Epoch, training.Step));
            if (training is { Epoch: 2, Step: 2 })
                cancellation.Cancel();
        }
    }

    [Fact]
    public void Cancelled_with_an_optimiser_of_your_own_it_says_why_there_is_no_checkpoint()
    {
        using var cancellation = new CancellationTokenSource();
        var run = new Trainer(new Network(new Dense(12, 3)), new SquaredError(), new Own()).Train(
            Examples.Clouds(30, 12, 3, 1),
            new() { Epochs = 3, OnStep = _ => cancellation.Cancel() },
            cancellation.Token);
        _ = run.Count();
        Assert.NotNull(run.CancelledAt);
        Assert.Contains("'own'", Assert.Throws<NotSupportedException>(run.TakeCheckpoint).Message);
    }

    [Fact]
    public async Task A_checkpoint_is_refused_to_another_thread_while_an_epoch_is_trained()
    {
        TrainingRun run = null!;
        Task<string>? refused = null;
        run = new Trainer(new Network(new Dense(12, 3)), new SquaredError(), new Sgd(0.1)).Train(
            Examples.Clouds(30, 12, 3, 1), new() { Epochs = 1, OnStep = _ => Ask() });
        Assert.Single(run);
        Assert.Contains("another thread", await refused!);

        void Ask()
        {
            var there = new Thread(() => refused = Task.FromResult(
                Assert.Throws<InvalidOperationException>(run.TakeCheckpoint).Message));
            there.Start();
            there.Join();
        }
    }

    private sealed class Own() : Optimizer(0.1)
    {
        public override string Name => "own";

        protected override void Apply(ParameterBuffer parameters)
        {
        }
    }

    /// <summary>Tries to take a checkpoint where none can be taken.</summary>
    private sealed class WithinStep : ITrainingObserver
    {
        private TrainingRun? run;

        public string Name => "within";

        public void Start(TrainingRun run, bool isResumed) => this.run = run;

        public TrainingEnd? AfterBackpropagation(TrainingStep step)
        {
            Assert.Contains("within a step", Assert.Throws<InvalidOperationException>(run!.TakeCheckpoint).Message);
            return null;
        }
    }

    private static Dataset Images(int count)
    {
        var pixels = Enumerable.Range(0, count * 10 * 9).Select(i => (byte)(i * 37 % 251)).ToArray();
        byte[] labels = [.. Enumerable.Range(0, count).Select(i => (byte)(i % 3))];
        return Dataset.FromImages("images", pixels, new(10, 9), labels, ["a", "b", "c"]);
    }

    private static void CancelAt(int stop, int done, CancellationTokenSource cancellation)
    {
        if (done == stop)
            cancellation.Cancel();
    }

    private sealed record Setting(string Optimizer, string Schedule, string Layers, string Features)
    {
        public bool Has(string feature) => Features.Split(' ').Contains(feature);

        public Run Begin(ulong dataSeed = 1)
        {
            var data = Has("images") ? Images(30) : Examples.Clouds(30, 12, 3, dataSeed);
            return new(this, data);
        }
    }

    private sealed class Run
    {
        private readonly Dataset data;
        private readonly TrainingOptions options;
        private readonly Network network;
        private readonly Trainer trainer;

        public Run(Setting setting, Dataset data)
        {
            this.data = data;
            network = new Network(data.Shape, Parse.Layers(setting.Layers));
            trainer = new Trainer(
                network, Examples.LossNamed("softmax-cross-entropy"), Examples.OptimizerNamed(setting.Optimizer));
            options = new()
            {
                Epochs = EpochCount,
                BatchSize = 8,
                Seed = 3,
                Schedule = Parse.Schedule(setting.Schedule),
                Validation = setting.Has("validation") ? data.Take(9) : null,
                Clipping = setting.Has("clip") ? GradientClipping.ByNorm(0.5) : null,
                AverageDecay = setting.Has("ema") ? 0.8 : null,
                EarlyStopping = setting.Has("stop") ? new() { Patience = 2, MinimalImprovement = 0.001 } : null,
                Augmentation = setting.Has("augment") ? Parse.Augmentation("rotate 10, shift 2") : null,
            };
        }

        public TrainingRun? Training { get; private set; }

        public float[] Numbers() => [.. network.Parameters.Values.Values, .. network.State.Values];

        public (List<string> Epochs, float[] Numbers) Train(
            Func<TrainingOptions, TrainingOptions>? change = null,
            Action? afterEpoch = null,
            CancellationToken cancel = default) =>
            End(Training = trainer.Train(data, change?.Invoke(options) ?? options, cancel), afterEpoch);

        public (List<string> Epochs, float[] Numbers) Resume(
            Checkpoint checkpoint, Func<TrainingOptions, TrainingOptions>? change = null) =>
            End(Training = trainer.Resume(checkpoint, data, change?.Invoke(options) ?? options), null);

        private (List<string> Epochs, float[] Numbers) End(IEnumerable<Epoch> epochs, Action? afterEpoch)
        {
            var records = new List<string>();
            foreach (var epoch in epochs)
            {
                var (train, validation) = (epoch.TrainLoss, epoch.Validation?.Loss);
                records.Add($"{epoch.Number} {train:R} {validation:R} {epoch.LearningRate:R} {epoch.Gradients}");
                afterEpoch?.Invoke();
            }
            return (records, Numbers());
        }
    }
}
