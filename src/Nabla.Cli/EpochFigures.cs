using Nabla.Training;

namespace Nabla.Cli;

/// <summary>What a run keeps of an epoch: a line of metrics.csv.</summary>
internal sealed record EpochFigures(int Number, double TrainLoss, double? ValidationLoss, double? Accuracy, double LearningRate, double Seconds)
{
    /// <summary>How many numbers it is in a checkpoint.</summary>
    public const int Width = 7;

    public static EpochFigures Of(Epoch epoch) =>
        new(epoch.Number, epoch.TrainLoss, epoch.Validation?.Loss, epoch.Validation?.Accuracy, epoch.LearningRate, epoch.Seconds);

    /// <summary>By accuracy on the validation examples, then by their loss; the later epoch if there are none.</summary>
    public bool IsBetterThan(EpochFigures other) => (ValidationLoss, other.ValidationLoss) switch
    {
        ({ } loss, { } than) when !double.IsFinite(loss) || !double.IsFinite(than) => double.IsFinite(loss),
        ({ }, { }) when Accuracy != other.Accuracy => Accuracy > other.Accuracy,
        ({ } loss, { } than) => loss < than,
        _ => true,
    };

    /// <summary>A row of a checkpoint; a missing accuracy is NaN, which none that is there can be.</summary>
    public double[] ToNumbers() => [Number, TrainLoss, ValidationLoss is null ? 0 : 1, ValidationLoss ?? 0, Accuracy ?? double.NaN, LearningRate, Seconds];

    /// <summary>The epoch of a row.</summary>
    public static EpochFigures FromNumbers(int number, ReadOnlySpan<double> row) =>
        new(number, row[1], row[2] == 0 ? null : row[3], double.IsNaN(row[4]) ? null : row[4], row[5], row[6]);
}
