using System.Diagnostics;
using Nabla.Data;

namespace Nabla;

/// <summary>
/// The position of a training, and everything it remembers from step to step that later steps depend on.
/// </summary>
internal sealed class TrainingState : IDisposable, IStateful
{
    /// <summary>The names under which the state is stored in checkpoints. They never change.</summary>
    public static readonly string[] Names =
    [
        "epoch", "step", "begun", "seconds", "cost-sum", "cost-weight", "parameters", "statistics",
        "random", "batches", "optimizer", "rate", "progression", "average", "clipping",
    ];

    private const ulong ShuffleStream = 0x7EA1;         // keeps these random numbers apart from the initial weights

    private readonly Network network;
    private readonly Loss loss;
    private readonly Optimizer optimizer;
    private readonly TrainingOptions options;
    private readonly Batches batches;
    private readonly ScheduledRate rate;
    private readonly EarlyStoppingMonitor? monitor;
    private readonly ParameterAverage? average;
    private readonly Lazy<IReadOnlyDictionary<string, string>> settings;
    private int epoch = 1;                              // the current one, or the next
    private int step;                                   // how many steps of it are done
    private bool hasBegun;                              // whether its examples are in order
    private RunningMean cost;
    private double seconds;                             // of the epoch, until the clock was last read
    private long clock = Stopwatch.GetTimestamp();

    public TrainingState(Trainer trainer, Dataset data, TrainingOptions options)
    {
        (network, loss, optimizer, this.options) = (trainer.Network, trainer.Loss, trainer.Optimizer, options);
        optimizer.Bind(network.Parameters);
        var firstRate = optimizer.LearningRate;
        settings = new(() => CheckpointSettings.Of(network, loss, optimizer, firstRate, data, options));
        Matrix[] learned = [network.Parameters.Values, network.State];
        Random = OrderOf(options.Seed);
        batches = new Batches(data, options.BatchSize, options.Augmentation?.For(data, options.Seed));
        rate = new ScheduledRate(optimizer, options);
        monitor = options.EarlyStopping is { } rule ? new EarlyStoppingMonitor(rule, learned) : null;
        average = options.AverageDecay is { } decay ? new ParameterAverage(learned, decay) : null;
        Clipping = options.Clipping is { } most ? new Clipping(most) : null;
        Backpropagation = new Backpropagation(network, loss, Random);
        Observers = new ObserverList(options.Observers, new TrainingStep(network, Backpropagation));
    }

    /// <summary>
    /// The random numbers that a training with this seed starts with: they give its first order of the examples.
    /// </summary>
    public static RandomGenerator OrderOf(ulong seed) => new(seed, ShuffleStream);

    /// <summary>The random numbers for the order of the examples and for the layers.</summary>
    public RandomGenerator Random { get; }

    public Clipping? Clipping { get; }

    public Backpropagation Backpropagation { get; }

    public ObserverList Observers { get; }

    /// <summary>The current epoch, or the next, from 1.</summary>
    public int Epoch => epoch;

    /// <summary>The number of its steps that are done.</summary>
    public int Step => step;

    /// <summary>How many steps an epoch has.</summary>
    public int StepsPerEpoch => batches.Count;

    /// <summary>Whether all epochs are done, or early stopping has ended the training.</summary>
    public bool IsDone => epoch > options.Epochs || monitor is { HasEnded: true };

    /// <summary>Whether all steps of the epoch are done.</summary>
    public bool IsEpochDone => step == batches.Count;

    /// <summary>The mean cost over the epoch so far.</summary>
    public double MeanCost => cost.Value;

    /// <summary>Whether the training has ended, for whatever reason.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Shuffles the examples, unless the epoch was begun before the training was interrupted.</summary>
    public void BeginEpoch()
    {
        clock = Stopwatch.GetTimestamp();
        if (hasBegun)
            return;
        batches.Shuffle(Random, epoch);
        average?.Hide();                                // train on the raw weights
        hasBegun = true;
    }

    /// <summary>Returns the next batch, and sets the learning rate for it.</summary>
    public (Matrix X, Matrix Target) NextBatch()
    {
        rate.Set(epoch, (double)step / batches.Count);
        var (x, target) = batches[step];
        Observers.BeginStep(epoch, step + 1, optimizer.LearningRate, target);
        return (x, target);
    }

    /// <summary>Records a completed step and its cost.</summary>
    public void Count(double costOfStep, double weight)
    {
        cost.Add(costOfStep, weight);
        average?.Add();
        step++;
    }

    /// <summary>Evaluates the network after the epoch, and advances to the next.</summary>
    public Epoch EndEpoch()
    {
        average?.Show();                                // evaluate and save the average
        ReadClock();
        var validation = options.Validation is { } examples ? Evaluation.Of(network, loss, examples) : null;
        var record = new Epoch(epoch, cost.Value, validation, optimizer.LearningRate, seconds)
        {
            Gradients = Clipping?.Report(),
        };
        rate.Watch(record);
        monitor?.Watch(record);
        (epoch, step, hasBegun, cost, seconds) = (epoch + 1, 0, false, default, 0);
        clock = Stopwatch.GetTimestamp();
        return record;
    }

    /// <summary>Copies this state and that of the observers, so that the training can be resumed.</summary>
    /// <exception cref="NotSupportedException">The optimiser is custom, and its state is unknown.</exception>
    public Checkpoint Save()
    {
        if (!optimizer.ShowsAll)
            throw CannotBeSaved();
        var state = SavedState.Of(this);
        Observers.AddTo(state);
        return new(state, settings.Value, epoch, step);
    }

    /// <summary>The same; null if the optimiser cannot be saved.</summary>
    public Checkpoint? SaveIfPossible() => optimizer.ShowsAll ? Save() : null;

    /// <summary>The error of <see cref="Save"/>.</summary>
    public NotSupportedException CannotBeSaved() => new(
        $"The training cannot be saved to go on later: what the optimiser '{optimizer.Name}' remembers is " +
        "not known, since it is of your own making.");

    /// <summary>Throws unless the checkpoint was taken of this training. More epochs are allowed.</summary>
    /// <exception cref="ArgumentException">It was not; the message names the difference.</exception>
    public void CheckSettings(Checkpoint checkpoint) => CheckpointSettings.Check(checkpoint.Settings, settings.Value);

    /// <summary>Continues from a saved state.</summary>
    /// <exception cref="InvalidDataException">The state is damaged.</exception>
    public void Restore(SavedState state)
    {
        state.PutBack(this);
        if (epoch < 1 || step < 0 || step > batches.Count || (step > 0 && !hasBegun) || rate.Epochs != epoch - 1)
            throw new InvalidDataException($"There is no step {step} of {batches.Count} in epoch {epoch}.");
        if (hasBegun)
            batches.Begin(epoch);
    }

    /// <inheritdoc/>
    public void Visit(StateVisitor state)
    {
        ReadClock();
        state.Visit("epoch", ref epoch);
        state.Visit("step", ref step);
        state.Visit("begun", ref hasBegun);
        state.Visit("seconds", ref seconds);
        cost.Visit(state);
        state.Visit("parameters", network.Parameters.Values);
        state.Visit("statistics", network.State);
        foreach (var (name, part) in Parts)
            state.Visit(name, part);
    }

    /// <summary>
    /// However the training ends, the network gets the average or the best weights, and the optimiser its first
    /// learning rate.
    /// </summary>
    public void Dispose()
    {
        IsOver = true;
        average?.Dispose();
        monitor?.Dispose();
        rate.Dispose();
        batches.Dispose();
    }

    /// <summary>The parts that have state; null for those that were not asked for.</summary>
    internal (string Name, IStateful? Part)[] Parts =>
    [
        ("random", Random), ("batches", batches), ("optimizer", optimizer), ("rate", rate),
        ("progression", monitor), ("average", average), ("clipping", Clipping),
    ];

    private void ReadClock()
    {
        seconds += Stopwatch.GetElapsedTime(clock).TotalSeconds;
        clock = Stopwatch.GetTimestamp();
    }
}
