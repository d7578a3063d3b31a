using System.Diagnostics;
using Nabla.Data;

namespace Nabla;

/// <summary>
/// Where a training stands, and everything that remembers, from step to step, what later steps depend on.
/// </summary>
internal sealed class TrainingState : IDisposable, IStateful
{
    /// <summary>The names under which it is stored. They stand in checkpoints and never change.</summary>
    public static readonly string[] Names =
    [
        "epoch", "step", "begun", "seconds", "cost-sum", "cost-weight", "parameters", "statistics",
        "random", "batches", "optimizer", "rate", "progression", "average", "clipping",
    ];

    private const ulong ShuffleStream = 0x7EA1;         // random numbers apart from those of the initial weights

    private readonly Network network;
    private readonly Loss loss;
    private readonly Optimizer optimizer;
    private readonly TrainingOptions options;
    private readonly Batches batches;
    private readonly ScheduledRate rate;
    private readonly EarlyStoppingMonitor? monitor;
    private readonly ParameterAverage? average;
    private readonly Lazy<IReadOnlyDictionary<string, string>> settings;
    private int epoch = 1;                              // the one that is under way, or comes next
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

    /// <summary>The random numbers with which a training of this seed begins: its first order of the examples.</summary>
    public static RandomGenerator OrderOf(ulong seed) => new(seed, ShuffleStream);

    /// <summary>The random numbers of the order, and of the layers.</summary>
    public RandomGenerator Random { get; }

    public Clipping? Clipping { get; }

    public Backpropagation Backpropagation { get; }

    public ObserverList Observers { get; }

    /// <summary>The epoch that is under way, or comes next, from 1.</summary>
    public int Epoch => epoch;

    /// <summary>How many steps of it are done.</summary>
    public int Step => step;

    /// <summary>How many steps an epoch has.</summary>
    public int StepsPerEpoch => batches.Count;

    /// <summary>Whether all epochs are done, or early stopping has ended the training.</summary>
    public bool IsDone => epoch > options.Epochs || monitor is { HasEnded: true };

    /// <summary>Whether all steps of the epoch are done.</summary>
    public bool IsEpochDone => step == batches.Count;

    /// <summary>What has been done so far.</summary>
    public TrainingProgress Progress => new(epoch, step, batches.Count, cost.Value);

    /// <summary>Whether it has ended, in whatever way.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Puts the examples into a new order, unless the epoch was begun before the training was interrupted.</summary>
    public void BeginEpoch()
    {
        clock = Stopwatch.GetTimestamp();
        if (hasBegun)
            return;
        batches.Shuffle(Random, epoch);
        average?.Hide();                                // train on the raw weights
        hasBegun = true;
    }

    /// <summary>The next batch, with the learning rate set for it.</summary>
    public (Matrix X, Matrix Target) NextBatch()
    {
        rate.Set(epoch, (double)step / batches.Count);
        var (x, target) = batches[step];
        Observers.BeginStep(epoch, step + 1, optimizer.LearningRate, target);
        return (x, target);
    }

    /// <summary>A step has been made, and this was its cost.</summary>
    public void Count(double costOfStep, double weight)
    {
        cost.Add(costOfStep, weight);
        average?.Add();
        step++;
    }

    /// <summary>Evaluates the network after the epoch, and goes on to the next.</summary>
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

    /// <summary>A copy of everything, and of what the observers remember, from which the training can go on.</summary>
    /// <exception cref="NotSupportedException">The optimiser is of the user's making: its memory is unknown.</exception>
    public Checkpoint Save()
    {
        if (!optimizer.ShowsAll)
            throw new NotSupportedException(
                $"The training cannot be saved to go on later: what the optimiser '{optimizer.Name}' remembers is not " +
                "known, since it is of your own making.");
        var state = SavedState.Of(this);
        Observers.AddTo(state);
        return new(state, settings.Value, epoch, step);
    }

    /// <summary>The same, or null where it cannot be had.</summary>
    public Checkpoint? SaveIfPossible() => optimizer.ShowsAll ? Save() : null;

    /// <summary>Throws unless this is the training that a checkpoint was taken of. More epochs are allowed.</summary>
    /// <exception cref="ArgumentException">It differs; the message says in what.</exception>
    public void CheckSettings(Checkpoint checkpoint) => CheckpointSettings.Check(checkpoint.Settings, settings.Value);

    /// <summary>Goes on where a training stood whose state this is.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
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
    /// However the training ends, the network has the average, or the best weights, and the optimiser its learning rate.
    /// </summary>
    public void Dispose()
    {
        IsOver = true;
        average?.Dispose();
        monitor?.Dispose();
        rate.Dispose();
        batches.Dispose();
    }

    /// <summary>The parts that remember; null for what was not asked for.</summary>
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
