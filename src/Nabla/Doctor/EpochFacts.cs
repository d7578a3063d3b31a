namespace Nabla.Doctor;

/// <summary>The training up to the end of an epoch.</summary>
/// <param name="Training">What was known before the first step.</param>
/// <param name="Epoch">The epoch that has just ended, with all its figures.</param>
/// <param name="History">The epochs so far; the last is the one that has just ended.</param>
public sealed record EpochFacts(TrainingFacts Training, Epoch Epoch, IReadOnlyList<EpochFigures> History)
{
    /// <summary>
    /// The last epochs: at least three epochs and at least 500 steps. What holds in all of them is neither chance nor
    /// the slow start of many trainings. Empty if there have been fewer.
    /// </summary>
    public IReadOnlyList<EpochFigures> Recent
    {
        get
        {
            const int fewestEpochs = 3, fewestSteps = 500;
            var count = Math.Max(fewestEpochs, (fewestSteps + Training.StepsPerEpoch - 1) / Training.StepsPerEpoch);
            return count <= History.Count ? [.. History.Skip(History.Count - count)] : [];
        }
    }

    /// <summary>
    /// Whether the validation accuracy is no better than always naming the most frequent class: at most two standard
    /// errors above the share of that class.
    /// </summary>
    public bool AccuracyIsAtChance
    {
        get
        {
            if (Epoch.Validation is not { Accuracy: { } accuracy } validation)
                return false;
            var classes = Training.Classes.Count;
            var most = 0;
            for (var actual = 0; actual < classes; actual++)
            {
                var count = 0;
                for (var predicted = 0; predicted < classes; predicted++)
                    count += validation.Confusion(actual, predicted);
                most = Math.Max(most, count);
            }
            var share = (double)most / validation.Count;
            return accuracy <= share + 2 * Math.Sqrt(share * (1 - share) / validation.Count);
        }
    }
}
