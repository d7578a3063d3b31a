using System.Reflection;
using Nabla.Data;
using Nabla.Doctor;

namespace Nabla.Tests.Training;

/// <summary>Observers see a training, may end it, and are part of its checkpoints. They change no value.</summary>
public sealed class ObserverTests
{
    private static readonly Dataset data = Examples.Clouds(30, 8, 3, 1);

    private static readonly TrainingOptions options = new()
    {
        Epochs = 3,
        BatchSize = 8,
        Seed = 3,
        Validation = Examples.Clouds(9, 8, 3, 2),
        Clipping = GradientClipping.ByNorm(0.125),
        AverageDecay = 0.8,
    };

    public static TheoryData<string> Kinds => ["doctor", "recorder", "checkpoints", "all"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_training_gives_the_same_bytes_with_and_without_observers(string kind)
    {
        ITrainingObserver[] observers = kind switch
        {
            "doctor" => [new TrainingDoctor()],
            "recorder" => [new Recorder()],
            "checkpoints" => [new Saver()],
            _ => [new TrainingDoctor(), new Recorder(), new Saver()],
        };
        var (plain, watched) = (NewNetwork(), NewNetwork());
        var without = Train(plain, options).Select(Text).ToArray();
        var with = Train(watched, options with { Observers = observers }).Select(Text).ToArray();
        Assert.Equal(without, with);
        TestNumbers.AssertSameBits(NumbersOf(plain), NumbersOf(watched), kind);
    }

    [Fact]
    public void An_observer_is_called_at_each_moment_and_sees_what_is_known_then()
    {
        var network = NewNetwork();
        var before = NumbersOf(network);
        var recorder = new Recorder();
        _ = Train(network, options with { Epochs = 2, Observers = [recorder] }).Count();
        var step = new[] { "backpropagation", "clipping", "update" };
        Assert.Equal(
            ["start", .. step, .. step, .. step, .. step, "epoch 1", .. step, .. step, .. step, .. step, "epoch 2"],
            recorder.Moments);
        Assert.Equal(
            from epoch in (int[])[1, 2] from number in (int[])[1, 2, 3, 4] select (epoch, number), recorder.Steps);
        Assert.Equal([8, 8, 8, 6, 8, 8, 8, 6], recorder.BatchSizes);
        Assert.All(recorder.NormsBeforeClipping, norm => Assert.True(norm > 0.125));
        Assert.All(recorder.NormsAfterClipping, norm => Assert.InRange(norm, 0.12499, 0.12501));
        Assert.Equal(before[..network.Parameters.Count], recorder.FirstParameters);
        Assert.All(recorder.Moved, Assert.True);
    }

    [Fact]
    public void What_an_observer_sees_cannot_be_written()
    {
        var writable = new[] { typeof(Matrix), typeof(Span<float>), typeof(float[]) };
        foreach (var type in new[] { typeof(TrainingStep), typeof(ReadOnlyMatrix) })
            foreach (var member in type.GetMembers(
                BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            {
                var given = member switch
                {
                    PropertyInfo property => property.PropertyType,
                    MethodInfo method => method.ReturnType,
                    _ => typeof(void),
                };
                Assert.DoesNotContain(given, writable);
                Assert.False(given.IsByRef, $"{type.Name}.{member.Name} gives a reference.");
            }
    }

    [Theory]
    [InlineData("backpropagation")]
    [InlineData("clipping")]
    [InlineData("update")]
    public void A_reason_ends_the_training_after_the_step_and_it_can_be_resumed(string moment)
    {
        var whole = NewNetwork();
        var expected = Train(whole, options).Select(Text).ToArray();

        var network = NewNetwork();
        var run = Train(network, options with { Observers = [new Ender(moment, epoch: 2, step: 3)] });
        Assert.Single(run);
        Assert.Equal((2, 3, true), (run.Epoch, run.Step, run.IsDone));
        Assert.Equal("Enough.", run.End!.Reason);
        Assert.Null(run.CancelledAt);

        var resumed = NewNetwork();
        var rest = NewTrainer(resumed).Resume(run.TakeCheckpoint(), data, options).Select(Text).ToArray();
        Assert.Equal(expected[1..], rest);
        TestNumbers.AssertSameBits(NumbersOf(whole), NumbersOf(resumed), moment);
    }

    [Fact]
    public void A_reason_after_an_epoch_ends_the_training_with_that_epoch()
    {
        var run = Train(NewNetwork(), options with { Observers = [new Ender("epoch", epoch: 2, step: 0)] });
        Assert.Equal([1, 2], run.Select(epoch => epoch.Number));
        Assert.Equal("Enough.", run.End!.Reason);
        var resumed = NewTrainer(NewNetwork()).Resume(run.TakeCheckpoint(), data, options);
        Assert.Equal([3], resumed.Select(epoch => epoch.Number));
    }

    [Fact]
    public void An_error_after_backpropagation_is_thrown_before_the_weights_move()
    {
        var network = NewNetwork();
        var ender = new Ender("backpropagation", epoch: 1, step: 1) { Error = new InvalidDataException("Mine.") };
        var before = network.Parameters.Values.Values.ToArray();
        var plain = options with { AverageDecay = null, Observers = [ender] };
        Assert.Equal("Mine.", Assert.Throws<InvalidDataException>(() => Train(network, plain).Count()).Message);
        TestNumbers.AssertSameBits(before, network.Parameters.Values.Values, "the weights");
    }

    [Fact]
    public void A_reason_explains_a_step_that_has_diverged()
    {
        var network = NewNetwork();
        network.Parameters.Values.Values[0] = float.NaN;
        var ender = new Ender("backpropagation", epoch: 1, step: 1) { Error = new InvalidDataException("Mine.") };
        var diverged = Assert.Throws<DivergedException>(
            () => Train(network, options with { Observers = [ender] }).Count());
        Assert.EndsWith(" Enough.", diverged.Message);
        Assert.Same(ender.Error, diverged.InnerException);
        Assert.Equal((1, 1), (diverged.Epoch, diverged.Step));
    }

    [Fact]
    public void Its_state_is_stored_under_its_name_and_given_back()
    {
        var counter = new Counter("counter");
        var run = Train(NewNetwork(), options with { Observers = [counter] });
        foreach (var epoch in run)
        {
            if (epoch.Number == 1)
            {
                var next = new Counter("counter");
                Assert.False(next.IsResumed);
                var resumed = NewTrainer(NewNetwork())
                    .Resume(run.TakeCheckpoint(), data, options with { Observers = [next] });
                Assert.Equal((true, 4), (next.IsResumed, next.Count));
                _ = resumed.Count();
                Assert.Equal(12, next.Count);
            }
        }
        Assert.Equal(12, counter.Count);
    }

    [Fact]
    public void One_that_takes_checkpoints_must_be_the_last()
    {
        var watched = options with { Observers = [new Saver(), new Recorder()] };
        Assert.Contains(
            "must be the last in the list",
            Assert.Throws<InvalidOperationException>(() => Train(NewNetwork(), watched).Count()).Message);
    }

    [Fact]
    public void State_that_is_damaged_is_said_to_be_that_of_the_observer()
    {
        var run = Train(NewNetwork(), options with { Observers = [new Counter("counter")] });
        Checkpoint? checkpoint = null;
        foreach (var _ in run)
            checkpoint ??= run.TakeCheckpoint();
        checkpoint!.State.Numbers["counter.count"] = [0.5];
        var counted = options with { Observers = [new Counter("counter")] };
        var error = Assert.Throws<InvalidDataException>(
            () => NewTrainer(NewNetwork()).Resume(checkpoint, data, counted));
        Assert.Contains("in the state of the observer 'counter'", error.Message);
        Assert.Equal(2, NewTrainer(NewNetwork()).Resume(checkpoint, data, options).Count());     // without it
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("another")]
    [InlineData("another kind")]
    public void State_that_nobody_claims_is_no_error(string what)
    {
        var run = Train(NewNetwork(), options with { Observers = [new Counter("counter"), new TrainingDoctor()] });
        Checkpoint? checkpoint = null;
        foreach (var _ in run)
            checkpoint ??= run.TakeCheckpoint();
        var other = new Counter("other");
        ITrainingObserver[] observers = what switch
        {
            "gone" => [],
            "another" => [other],
            _ => [new Forgetful("counter")],
        };
        var resumed = NewTrainer(NewNetwork()).Resume(checkpoint!, data, options with { Observers = observers });
        Assert.Equal(2, resumed.Count());
        Assert.Equal((false, what == "another" ? 8 : 0), (other.IsResumed, other.Count));
    }

    [Theory]
    [InlineData("optimizer", "another part of the training has that name")]
    [InlineData("epoch", "another part of the training has that name")]
    [InlineData("twice twice", "letters, digits and dashes")]
    [InlineData("", "letters, digits and dashes")]
    [InlineData("a.b", "letters, digits and dashes")]
    public void A_name_that_cannot_be_stored_is_refused(string name, string expected)
    {
        var error = Assert.Throws<ArgumentException>(
            () => Train(NewNetwork(), options with { Observers = [new Counter(name)] }).Count());
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void Two_observers_of_the_same_name_are_refused()
    {
        var twins = options with { Observers = [new Counter("same"), new Counter("same")] };
        var error = Assert.Throws<ArgumentException>(() => Train(NewNetwork(), twins).Count());
        Assert.Contains("Give it its own.", error.Message);
    }

    private static Network NewNetwork() => new(8, Parse.Layers("dense 6, batch-norm, relu, dropout 0.2, dense 3"));

    private static Trainer NewTrainer(Network network) => new(network, new SoftmaxCrossEntropy(), new Adam(0.1));

    private static TrainingRun Train(Network network, TrainingOptions how) => NewTrainer(network).Train(data, how);

    private static float[] NumbersOf(Network network) => [.. network.Parameters.Values.Values, .. network.State.Values];

    private static string Text(Epoch epoch) =>
        $"{epoch.Number} {epoch.TrainLoss:R} {epoch.Validation!.Loss:R} {epoch.LearningRate:R} {epoch.Gradients}";

    /// <summary>Reads everything at every moment.</summary>
    private sealed class Recorder : ITrainingObserver
    {
        private float[] parameters = [];

        public string Name => "recorder";

        public List<string> Moments { get; } = [];

        public List<(int, int)> Steps { get; } = [];

        public List<int> BatchSizes { get; } = [];

        public List<double> NormsBeforeClipping { get; } = [];

        public List<double> NormsAfterClipping { get; } = [];

        public List<bool> Moved { get; } = [];

        public float[]? FirstParameters { get; private set; }

        public void Start(TrainingRun run, bool isResumed) => Moments.Add("start");

        public TrainingEnd? AfterBackpropagation(TrainingStep step)
        {
            Moments.Add("backpropagation");
            Steps.Add((step.Epoch, step.Number));
            BatchSizes.Add(step.Activation(0).Rows);
            Assert.Equal(BatchSizes[^1], step.Target.Rows);
            Assert.Equal(3, step.Activation(5).Columns);
            Assert.True(step.Derivative(0).IsEmpty);
            Assert.Contains(step.Derivative(5).Row(0).ToArray(), value => value != 0);
            Assert.True(step.Cost > 0 && step.LearningRate == 0.1 && step.Divergence is null);
            NormsBeforeClipping.Add(Norm(step.Gradients));
            parameters = step.Parameters.Values.ToArray();
            FirstParameters ??= parameters;
            return null;
        }

        public TrainingEnd? AfterClipping(TrainingStep step)
        {
            Moments.Add("clipping");
            NormsAfterClipping.Add(Norm(step.Gradients));
            Assert.Equal(parameters, step.Parameters.Values.ToArray());
            return null;
        }

        public TrainingEnd? AfterUpdate(TrainingStep step)
        {
            Moments.Add("update");
            Moved.Add(!step.Parameters.Values.SequenceEqual(parameters));
            return null;
        }

        public TrainingEnd? AfterEpoch(Epoch epoch)
        {
            Moments.Add($"epoch {epoch.Number}");
            return null;
        }

        private static double Norm(ReadOnlyMatrix values) =>
            Math.Sqrt(values.Values.ToArray().Sum(value => (double)value * value));
    }

    /// <summary>Takes a checkpoint after every step and epoch.</summary>
    private sealed class Saver : ITrainingObserver
    {
        private TrainingRun? training;

        public string Name => "saver";

        public void Start(TrainingRun run, bool isResumed) => training = run;

        public TrainingEnd? AfterUpdate(TrainingStep step) => Save(step.Number);

        public TrainingEnd? AfterEpoch(Epoch epoch) => Save(0);

        private TrainingEnd? Save(int step)
        {
            Assert.Equal(step, training!.TakeCheckpoint().Step);
            return null;
        }
    }

    /// <summary>Ends the training at one moment.</summary>
    private sealed class Ender(string moment, int epoch, int step) : ITrainingObserver
    {
        public string Name => "ender";

        public Exception? Error { get; init; }

        public TrainingEnd? AfterBackpropagation(TrainingStep now) => At("backpropagation", now.Epoch, now.Number);

        public TrainingEnd? AfterClipping(TrainingStep now) => At("clipping", now.Epoch, now.Number);

        public TrainingEnd? AfterUpdate(TrainingStep now) => At("update", now.Epoch, now.Number);

        public TrainingEnd? AfterEpoch(Epoch now) => At("epoch", now.Number, 0);

        private TrainingEnd? At(string when, int e, int s) =>
            (when, e, s) == (moment, epoch, step) ? new("Enough.", Error) : null;
    }

    /// <summary>Counts steps, across checkpoints.</summary>
    private sealed class Counter(string name) : ITrainingObserver
    {
        private int count;

        public string Name => name;

        public int Count => count;

        public bool IsResumed { get; private set; }

        public void Start(TrainingRun run, bool isResumed) => IsResumed = isResumed;

        public TrainingEnd? AfterUpdate(TrainingStep step)
        {
            count++;
            return null;
        }

        public void Visit(StateVisitor state) => state.Visit("count", ref count);
    }

    /// <summary>Has no state, although an observer of the same name had.</summary>
    private sealed class Forgetful(string name) : ITrainingObserver
    {
        public string Name => name;
    }
}
