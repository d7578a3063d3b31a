using System.Diagnostics;

namespace Nabla.Cli;

/// <summary>
/// What a run has come to: its epochs, the best network so far, and the files that hold them. The files are written no more often than every two seconds, and less
/// often where that would take more than a five-hundredth of the time between, or as often as was asked for; and at the end.
/// </summary>
/// <remarks>
/// The checkpoint alone decides what a resumed run knows: it holds the best network and the epochs as well. The other files are made from it, so that it does not matter
/// at which of them a kill has come.
/// </remarks>
internal sealed class RunRecord(Model last, Network best, TrainSettings settings, double? saveEvery) : ITrainingObserver
{
    private const double BetweenEpochs = 2, WithinEpoch = 20;       // seconds from one save to the next, at least
    private const double Share = 500;                           // of the time that saving took last

    private readonly List<EpochFigures> epochs = [];
    private long saved = Stopwatch.GetTimestamp();
    private double took;                                        // seconds to save, the last time
    private int bestEpoch;
    private bool isSaved;
    private Checkpoint? end;                                    // where the training stands after its last epoch
    private TrainingRun? training;

    /// <summary>The name of its state in a checkpoint.</summary>
    public string Name => "run";

    /// <summary>Where the files are; to be set before the first step.</summary>
    public RunFolder Folder { get => field ?? throw new InvalidOperationException("The run has no folder yet."); set; }

    /// <summary>The number of the epoch after which the network was best; 0 before the first.</summary>
    public int BestEpoch => bestEpoch;

    /// <summary>Whether the last attempt to save has failed.</summary>
    public bool SavingFailed { get; private set; }

    public IReadOnlyList<EpochFigures> Epochs => epochs;

    /// <summary>How long the training took, without evaluations.</summary>
    public double Seconds => epochs.Sum(epoch => epoch.Seconds);

    /// <inheritdoc/>
    public void Start(TrainingRun run, bool isResumed) => training = run;

    /// <summary>Keeps the figures of an epoch, and saves if it is time to. After the last, <see cref="Save"/> is called in any case.</summary>
    public TrainingEnd? AfterEpoch(Epoch epoch)
    {
        var figures = EpochFigures.Of(epoch);
        if (bestEpoch == 0 || figures.IsBetterThan(epochs[bestEpoch - 1]))
        {
            bestEpoch = epoch.Number;
            best.CopyFrom(last.Network);
        }
        epochs.Add(figures);
        isSaved = false;
        if (training!.IsDone)
            end = training.TakeCheckpoint();
        else if (IsTime(BetweenEpochs))
            Save(training.TakeCheckpoint());
        return null;
    }

    /// <summary>In the middle of a long epoch, saves where the training stands.</summary>
    public TrainingEnd? AfterUpdate(TrainingStep step)
    {
        isSaved = false;
        if (IsTime(WithinEpoch))
            Timed(() => SaveCheckpoint(training!.TakeCheckpoint()));
        return null;
    }

    /// <summary>Saves all that is not saved yet, and with it where to go on, if that is known.</summary>
    public void Save(Checkpoint? place)
    {
        place ??= end;
        if (isSaved && place is null)
            return;
        Timed(() =>
        {
            if (bestEpoch > 0)
                With(best, bestEpoch).Save(Folder.Best);
            Folder.WriteMetrics(epochs);
            if (IsFinite)                               // else the training has diverged, and the file of an earlier epoch stays
                With(last.Network, epochs.Count).Save(Folder.Last);
            if (place is not null)
                SaveCheckpoint(place);
        });
        isSaved = true;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">What is put back is no record of a run.</exception>
    public void Visit(StateVisitor state)
    {
        EpochFigures.Visit(state, "epochs", epochs);
        state.Visit("best-epoch", ref bestEpoch);
        state.Visit("best-parameters", best.Parameters.Values);
        state.Visit("best-statistics", best.State);
        if (bestEpoch < 0 || bestEpoch > epochs.Count || (bestEpoch == 0 && epochs.Count > 0))
            throw new InvalidDataException($"Of {epochs.Count} epochs, number {bestEpoch} cannot have been the best.");
    }

    private bool IsFinite => float.IsFinite(last.Network.Parameters.Values.LargestMagnitude) && float.IsFinite(last.Network.State.LargestMagnitude);

    private bool IsTime(double seconds) => Stopwatch.GetElapsedTime(saved).TotalSeconds >= (saveEvery ?? Math.Max(seconds, Share * took));

    private void Timed(Action save)
    {
        var started = Stopwatch.GetTimestamp();
        SavingFailed = true;                                      // if it throws
        save();
        SavingFailed = false;
        saved = Stopwatch.GetTimestamp();
        took = Stopwatch.GetElapsedTime(started, saved).TotalSeconds;
    }

    private void SaveCheckpoint(Checkpoint place)
    {
        if (IsFinite)
            CheckpointFile.Save(place, Folder.Checkpoint);
    }

    private Model With(Network network, int epoch)
    {
        var summary = settings.ToJson().ToDictionary(pair => pair.Key, pair => pair.Value!.ToString());
        summary["epoch"] = epoch.ToString();
        if (epoch > 0 && epochs[epoch - 1].Accuracy is { } accuracy)
            summary["validationAccuracy"] = accuracy.ToString("R");
        return new(network, last.Loss) { Classes = last.Classes, ImageSize = last.ImageSize, Training = summary };
    }
}
