namespace Nabla;

/// <summary>
/// The figures of an epoch, without the details of its evaluation, as a run and its checkpoints keep them.
/// </summary>
/// <param name="Number">The number of the epoch, from 1.</param>
/// <param name="TrainLoss">The mean cost over its batches.</param>
/// <param name="ValidationLoss">The loss on the validation examples; null if there are none.</param>
/// <param name="Accuracy">
/// The share of the validation examples that was classified correctly; null if there are none, or they have no classes.
/// </param>
/// <param name="LearningRate">η at the end of the epoch.</param>
/// <param name="Seconds">How long the training took, without the evaluation.</param>
public sealed record EpochFigures(
    int Number, double TrainLoss, double? ValidationLoss, double? Accuracy, double LearningRate, double Seconds)
{
    private const int Width = 7;                        // figures per epoch in a checkpoint

    /// <summary>The figures of an epoch.</summary>
    public static EpochFigures Of(Epoch epoch)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        return new(
            epoch.Number, epoch.TrainLoss, epoch.Validation?.Loss, epoch.Validation?.Accuracy,
            epoch.LearningRate, epoch.Seconds);
    }

    /// <summary>
    /// Compares two epochs by validation accuracy, then by validation loss. Without validation examples, this one
    /// counts as better.
    /// </summary>
    public bool IsBetterThan(EpochFigures other) => (ValidationLoss, other.ValidationLoss) switch
    {
        ({ } loss, { } than) when !double.IsFinite(loss) || !double.IsFinite(than) => double.IsFinite(loss),
        ({ }, { }) when Accuracy != other.Accuracy => Accuracy > other.Accuracy,
        ({ } loss, { } than) => loss < than,
        _ => true,
    };

    /// <summary>Saves or restores the figures of all epochs so far, for observers that keep them.</summary>
    /// <exception cref="InvalidDataException">The restored values are not the figures of epochs.</exception>
    public static void Visit(StateVisitor state, string name, List<EpochFigures> epochs)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(epochs);
        List<double> table = [.. epochs.SelectMany(epoch => epoch.ToNumbers())];
        state.Visit(name, table);
        epochs.Clear();
        epochs.AddRange(table.Chunk(Width).Select((row, i) => row.Length == Width && row[0] == i + 1
            ? FromNumbers(i + 1, row)
            : throw new InvalidDataException($"'{name}' of the saved state are not the figures of epochs.")));
    }

    /// <summary>A missing accuracy is stored as NaN, which a real accuracy cannot be.</summary>
    private double[] ToNumbers() =>
    [
        Number, TrainLoss, ValidationLoss is null ? 0 : 1, ValidationLoss ?? 0, Accuracy ?? double.NaN,
        LearningRate, Seconds,
    ];

    private static EpochFigures FromNumbers(int number, ReadOnlySpan<double> row) =>
        new(number, row[1], row[2] == 0 ? null : row[3], double.IsNaN(row[4]) ? null : row[4], row[5], row[6]);
}
