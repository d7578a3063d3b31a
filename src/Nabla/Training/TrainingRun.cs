using System.Diagnostics;
using Nabla.Data;
using Nabla.Doctor;

namespace Nabla;

/// <summary>One training under way: where it stands, and everything that remembers, from step to step, what later steps depend on.</summary>
internal sealed class TrainingRun : IDisposable, IStateful
{
    private readonly Network network;
    private readonly Loss loss;
    private readonly Optimizer optimizer;
    private readonly TrainingOptions options;
    private readonly Batches batches;
    private readonly ScheduledRate rate;
    private readonly EarlyStoppingMonitor? progression;
    private readonly ParameterAverage? average;
    private readonly Lazy<IReadOnlyDictionary<string, string>> settings;
    private int epoch = 1;                              // the one that is under way, or comes next
    private int step;                                   // how many steps of it are done
    private bool begun;                                 // whether its examples are in order
    private RunningMean cost;
    private double seconds;                             // of the epoch, until the clock was looked at last
    private long looked = Stopwatch.GetTimestamp();

    public TrainingRun(Network network, Loss loss, Optimizer optimizer, Dataset data, TrainingOptions options)
    {
        (this.network, this.loss, this.optimizer, this.options) = (network, loss, optimizer, options);
        optimizer.Bind(network.Parameters);
        var firstRate = optimizer.LearningRate;
        settings = new(() => CheckpointSettings.Of(network, loss, optimizer, firstRate, data, options));
        Matrix[] learned = [network.Parameters.Values, network.State];
        Random = new RandomGenerator(options.Seed, Trainer.ShuffleStream);
        batches = new Batches(data, options.BatchSize, options.Augmentation?.For(data, options.Seed));
        rate = new ScheduledRate(optimizer, options);
        progression = options.EarlyStopping is { } rule ? new EarlyStoppingMonitor(rule, learned) : null;
        average = options.AverageDecay is { } decay ? new ParameterAverage(learned, decay) : null;
        Clipping = options.Clipping is { } most ? new Clipping(most) : null;
        Examination = options.Doctor?.Examine(network, loss, data, options);
    }

    /// <summary>The random numbers of the order, and of the layers.</summary>
    public RandomGenerator Random { get; }

    public Clipping? Clipping { get; }

    /// <summary>By the doctor, if there is one.</summary>
    public Examination? Examination { get; }

    /// <summary>Whether all epochs are done, or patience is at its end.</summary>
    public bool IsDone => epoch > options.Epochs || progression is { HasEnded: true };

    /// <summary>Whether all steps of the epoch are done.</summary>
    public bool IsEpochDone => step == batches.Count;

    /// <summary>The epoch and the step that come next.</summary>
    public (int Epoch, int Step) Next => (epoch, step + 1);

    /// <summary>What has been done so far.</summary>
    public TrainingProgress Progress => new(epoch, step, batches.Count, cost.Value);

    /// <summary>Whether it has ended, in whatever way.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Puts the examples into a new order, unless the epoch was begun before the training was interrupted.</summary>
    public void BeginEpoch()
    {
        looked = Stopwatch.GetTimestamp();
        if (begun)
            return;
        batches.Shuffle(Random, epoch);
        average?.Hide();                                // train on the raw weights
        begun = true;
    }

    /// <summary>The next batch, with the learning rate set for it.</summary>
    public (Matrix X, Matrix Target) NextBatch()
    {
        rate.Set(epoch, (double)step / batches.Count);
        return batches[step];
    }

    /// <summary>A step has been made, and this was its cost.</summary>
    public void Count(double costOfStep, double weight)
    {
        cost.Add(costOfStep, weight);
        average?.Add();
        step++;
    }

    /// <summary>Evaluates what the epoch has come to, and goes on to the next.</summary>
    public Epoch EndEpoch()
    {
        average?.Show();                                // evaluate and save the average
        LookAtTheClock();
        var validation = options.Validation is { } examples ? Evaluation.Of(network, loss, examples) : null;
        var record = new Epoch(epoch, cost.Value, validation, optimizer.LearningRate, seconds) { Gradients = Clipping?.Report() };
        rate.Watch(record);
        progression?.Watch(record);
        (epoch, step, begun, cost, seconds) = (epoch + 1, 0, false, default, 0);
        looked = Stopwatch.GetTimestamp();
        return record;
    }

    /// <summary>A copy of everything, from which the training can go on.</summary>
    public Checkpoint Save()
    {
        if (!optimizer.ShowsAll)
            throw new NotSupportedException($"The training cannot be saved to go on later: what the optimiser '{optimizer.Name}' remembers is not known, since it is of your own making.");
        var state = SavedState.Of(this);
        Examination?.AddTo(state);
        return new(state, settings.Value, epoch, step);
    }

    /// <summary>The same, or null where it cannot be had.</summary>
    public Checkpoint? SaveIfPossible() => optimizer.ShowsAll ? Save() : null;

    /// <summary>Begins at the beginning, or goes on from a checkpoint; it has been checked that it is one of the same training.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public void Begin(Checkpoint? from)
    {
        if (from is null)
            Examination?.Begin(before: null);
        else
            from.Restore(PutBack);
    }

    private void PutBack(SavedState state)
    {
        state.PutBack(this);
        if (epoch < 1 || step < 0 || step > batches.Count || (step > 0 && !begun) || rate.Epochs != epoch - 1)
            throw new InvalidDataException($"There is no step {step} of {batches.Count} in epoch {epoch}.");
        if (begun)
            batches.Begin(epoch);
        Examination?.Begin(state);
    }

    /// <inheritdoc/>
    public void Visit(StateVisitor state)
    {
        LookAtTheClock();
        state.Visit("epoch", ref epoch);
        state.Visit("step", ref step);
        state.Visit("begun", ref begun);
        state.Visit("seconds", ref seconds);
        cost.Visit(state);
        state.Visit("parameters", network.Parameters.Values);
        state.Visit("statistics", network.State);
        foreach (var (name, part) in Parts)
            state.Visit(name, part);
    }

    /// <summary>However the training ends, the network has the average, or the best weights, and the optimiser its learning rate.</summary>
    public void Dispose()
    {
        IsOver = true;
        average?.Dispose();
        progression?.Dispose();
        rate.Dispose();
        batches.Dispose();
    }

    /// <summary>The parts that remember; null for what was not asked for.</summary>
    internal (string Name, IStateful? Part)[] Parts =>
        [("random", Random), ("batches", batches), ("optimizer", optimizer), ("rate", rate), ("progression", progression), ("average", average), ("clipping", Clipping)];

    private void LookAtTheClock()
    {
        seconds += Stopwatch.GetElapsedTime(looked).TotalSeconds;
        looked = Stopwatch.GetTimestamp();
    }
}
