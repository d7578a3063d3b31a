using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Nabla.Data;

namespace Nabla.Cli;

/// <summary>
/// Keeps the epochs of a run and its best network so far, and saves them. The files are written at the end, and before
/// that at most every two seconds, or less often where writing would take more than a five-hundredth of the time
/// between, or as often as <c>--save-every</c> says.
/// </summary>
/// <remarks>
/// A resumed run starts from the checkpoint alone, which also holds the best network and the epochs. The other files
/// are written again from it, so it does not matter which file was being written when a process was killed.
/// </remarks>
internal sealed class RunRecord(Dataset data, Network best, TrainSettings settings, double? saveEvery)
    : ITrainingObserver
{
    private const double BetweenEpochs = 2, WithinEpoch = 20;   // the least seconds from one save to the next
    // Of the time between saves to the time of the last save
    private const double LeastRatio = 500;

    private readonly List<EpochFigures> epochs = [];
    private long saved = Stopwatch.GetTimestamp();
    private double took;                                        // the seconds that the last save took
    private int bestEpoch;
    private bool isSaved;
    private Checkpoint? end;                                    // after the last epoch
    private TrainingRun? started;

    /// <summary>The name of its state in a checkpoint.</summary>
    public string Name => "run";

    /// <summary>The folder of the files. Set it before the first step.</summary>
    public RunFolder Folder { get => field ?? throw new InvalidOperationException("The run has no folder yet."); set; }

    /// <summary>The number of the best epoch; 0 before the first.</summary>
    public int BestEpoch => bestEpoch;

    /// <summary>Whether the last attempt to save has failed.</summary>
    public bool SavingFailed { get; private set; }

    public IReadOnlyList<EpochFigures> Epochs => epochs;

    /// <summary>The seconds of training, without evaluations.</summary>
    public double Seconds => epochs.Sum(epoch => epoch.Seconds);

    /// <inheritdoc/>
    public void Start(TrainingRun run, bool isResumed) => started = run;

    /// <summary>
    /// Keeps the figures of an epoch, and saves if it is time. After the last, <see cref="Save"/> is always called.
    /// </summary>
    public TrainingEnd? AfterEpoch(Epoch epoch)
    {
        var figures = EpochFigures.Of(epoch);
        if (bestEpoch == 0 || figures.IsBetterThan(epochs[bestEpoch - 1]))
        {
            bestEpoch = epoch.Number;
            best.CopyFrom(Training.Network);
        }
        epochs.Add(figures);
        isSaved = false;
        if (Training.IsDone)
            end = Training.TakeCheckpoint();
        else if (IsTime(BetweenEpochs))
            Save(Training.TakeCheckpoint());
        return null;
    }

    /// <summary>Saves a checkpoint in the middle of a long epoch.</summary>
    public TrainingEnd? AfterUpdate(TrainingStep step)
    {
        isSaved = false;
        if (IsTime(WithinEpoch))
            Timed(() => SaveCheckpoint(Training.TakeCheckpoint()));
        return null;
    }

    /// <summary>
    /// Saves everything that is not saved yet, and the checkpoint if there is one. Does nothing if the training has not
    /// started.
    /// </summary>
    /// <remarks>
    /// The checkpoint comes first, since a resumed run starts from it alone. If a file cannot be saved, the others are
    /// still tried, and then the first error is thrown.
    /// </remarks>
    public void Save(Checkpoint? checkpoint)
    {
        checkpoint ??= end;
        if (started is null || (isSaved && checkpoint is null))
            return;
        Timed(() => TryAll(
            () =>
            {
                if (checkpoint is not null)
                    SaveCheckpoint(checkpoint);
            },
            () =>
            {
                if (bestEpoch > 0)
                    ModelOf(best, bestEpoch).Save(Folder.Best);
            },
            () => Folder.WriteMetrics(epochs),
            () =>
            {
                // Else the training has diverged: keep the file of an earlier epoch
                if (IsFinite)
                    ModelOf(Training.Network, epochs.Count).Save(Folder.Last);
            }));
        isSaved = true;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The restored state is not the record of a run.</exception>
    public void Visit(StateVisitor state)
    {
        EpochFigures.Visit(state, "epochs", epochs);
        state.Visit("best-epoch", ref bestEpoch);
        state.Visit("best-parameters", best.Parameters.Values);
        state.Visit("best-statistics", best.State);
        if (bestEpoch < 0 || bestEpoch > epochs.Count || (bestEpoch == 0 && epochs.Count > 0))
            throw new InvalidDataException(
                $"Epoch {bestEpoch} cannot have been the best of {Figures.Count(epochs.Count, "epoch")}.");
    }

    private bool IsFinite =>
        float.IsFinite(Training.Network.Parameters.Values.LargestMagnitude)
        && float.IsFinite(Training.Network.State.LargestMagnitude);

    private TrainingRun Training => started ?? throw new InvalidOperationException("The training has not started.");

    private bool IsTime(double seconds) =>
        Stopwatch.GetElapsedTime(saved).TotalSeconds >= (saveEvery ?? Math.Max(seconds, LeastRatio * took));

    private void Timed(Action save)
    {
        var started = Stopwatch.GetTimestamp();
        SavingFailed = true;                            // if it throws
        save();
        SavingFailed = false;
        saved = Stopwatch.GetTimestamp();
        took = Stopwatch.GetElapsedTime(started, saved).TotalSeconds;
    }

    /// <summary>Runs all actions, and then throws the first error, if there was one.</summary>
    private static void TryAll(params ReadOnlySpan<Action> actions)
    {
        ExceptionDispatchInfo? first = null;
        foreach (var action in actions)
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                first ??= ExceptionDispatchInfo.Capture(e);
            }
        }
        first?.Throw();
    }

    private void SaveCheckpoint(Checkpoint checkpoint)
    {
        if (IsFinite)
            CheckpointFile.Save(checkpoint, Folder.Checkpoint);
    }

    private Model ModelOf(Network network, int epoch)
    {
        var summary = settings.ToJson().ToDictionary(pair => pair.Key, pair => pair.Value!.ToString());
        summary["epoch"] = epoch.ToString();
        if (epoch > 0 && epochs[epoch - 1].Accuracy is { } accuracy)
            summary["validationAccuracy"] = accuracy.ToString("R");
        return new(network, Training.Loss) { Classes = data.Classes, ImageSize = data.ImageSize, Training = summary };
    }
}
