using System.Diagnostics;
using Nabla.Files;
using Nabla.Training;

namespace Nabla.Cli;

/// <summary>
/// What a run has come to: its epochs, the best network so far, and the files that hold them. The files are written at most once a second and
/// at the end, so that a fast training does not wait for the disk.
/// </summary>
internal sealed class RunRecord(RunFolder folder, Model last, Network best, TrainSettings settings)
{
    private readonly List<Epoch> epochs = [];
    private long saved = Stopwatch.GetTimestamp();

    /// <summary>The number of the epoch after which the network was best; 0 before the first.</summary>
    public int BestEpoch { get; private set; }

    public RunFolder Folder => folder;

    public IReadOnlyList<Epoch> Epochs => epochs;

    /// <summary>How long the training took, without evaluations.</summary>
    public double Seconds => epochs.Sum(epoch => epoch.Seconds);

    public void Add(Epoch epoch)
    {
        if (BestEpoch == 0 || IsBetter(epoch, epochs[BestEpoch - 1]))
        {
            BestEpoch = epoch.Number;
            best.CopyFrom(last.Network);
        }
        epochs.Add(epoch);
        if (Stopwatch.GetElapsedTime(saved).TotalSeconds >= 1)
            Save();
    }

    public void Save()
    {
        if (BestEpoch > 0)
            With(best, BestEpoch).Save(folder.Best);
        folder.WriteMetrics(epochs);
        if (float.IsFinite(last.Network.Parameters.Values.LargestMagnitude))        // else the training has diverged, and the file of an earlier epoch stays
            With(last.Network, epochs.Count).Save(folder.Last);
        saved = Stopwatch.GetTimestamp();
    }

    /// <summary>By accuracy on the validation examples, then by their loss; the later epoch if there are none.</summary>
    private static bool IsBetter(Epoch epoch, Epoch than) => (epoch.Validation, than.Validation) switch
    {
        ({ } a, { } b) when !double.IsFinite(a.Loss) || !double.IsFinite(b.Loss) => double.IsFinite(a.Loss),
        ({ } a, { } b) when a.Correct != b.Correct => a.Correct > b.Correct,
        ({ } a, { } b) => a.Loss < b.Loss,
        _ => true,
    };

    private Model With(Network network, int epoch)
    {
        var summary = settings.ToJson().ToDictionary(pair => pair.Key, pair => pair.Value!.ToString());
        summary["epoch"] = epoch.ToString();
        if (epoch > 0 && epochs[epoch - 1].Validation?.Accuracy is { } accuracy)
            summary["validationAccuracy"] = accuracy.ToString("R");
        return new(network, last.Loss) { Classes = last.Classes, ImageSize = last.ImageSize, Training = summary };
    }
}
