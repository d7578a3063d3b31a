namespace Nabla;

/// <summary>
/// Whether a network is right as often as it is confident: of the predictions with 80 % confidence, 80 % should be
/// right. Confidence is the probability of the predicted class.
/// </summary>
/// <remarks>
/// Predictions are sorted by confidence into 15 bins of equal width. Guo, Pleiss, Sun and Weinberger (2017), <i>On
/// calibration of modern neural networks</i>, section 2. Examples without a prediction
/// (<see cref="Evaluation.NoClass"/>) are in no bin.
/// </remarks>
public sealed class Calibration
{
    /// <summary>The number of bins.</summary>
    public const int BinCount = 15;

    internal Calibration(IReadOnlyList<ExampleScore> scores, double brierScore)
    {
        BrierScore = brierScore;
        var bins = new (int Count, int Right, double Sum)[BinCount];
        foreach (var score in scores)
            if (!float.IsNaN(score.Confidence))
            {
                ref var bin = ref bins[Bin(score.Confidence)];
                bin = (bin.Count + 1, bin.Right + (score.Rank == 0 ? 1 : 0), bin.Sum + score.Confidence);
            }
        Bins =
        [
            .. bins.Select((bin, i) => new ReliabilityBin(
                i / (double)BinCount, (i + 1) / (double)BinCount, bin.Count, bin.Right, bin.Sum)),
        ];
    }

    /// <summary>The bins, the least confident first: a reliability diagram in numbers.</summary>
    public IReadOnlyList<ReliabilityBin> Bins { get; }

    /// <summary>The expected calibration error (ECE): the mean of |accuracy − confidence| over the bins,
    /// each weighted by its number of examples. 0 is perfect.</summary>
    public double ExpectedError
    {
        get
        {
            var count = Bins.Sum(bin => (long)bin.Count);
            return count == 0 ? 0 : Bins.Sum(bin => bin.Gap * bin.Count) / count;
        }
    }

    /// <summary>
    /// The mean over the examples of Σ over classes of (p − y)²: 0 is perfect, 2 is certain and always wrong. Brier
    /// (1950), <i>Verification of forecasts expressed in terms of probability</i>, equation 2.
    /// </summary>
    public double BrierScore { get; }

    /// <summary>The bin of a confidence: (0, 1/15], (1/15, 2/15] …, as in the paper.</summary>
    private static int Bin(float confidence) =>
        Math.Clamp((int)Math.Ceiling((double)confidence * BinCount) - 1, 0, BinCount - 1);
}

/// <summary>The predictions whose confidence lies between two bounds.</summary>
/// <param name="From">The lower bound, exclusive.</param>
/// <param name="To">The upper bound, inclusive.</param>
/// <param name="Count">The number of predictions.</param>
/// <param name="Right">The number of right predictions among them.</param>
/// <param name="SumOfConfidences">The sum of their confidences.</param>
public readonly record struct ReliabilityBin(double From, double To, int Count, int Right, double SumOfConfidences)
{
    /// <summary>The share of right predictions; null if the bin is empty.</summary>
    public double? Accuracy => Count > 0 ? (double)Right / Count : null;

    /// <summary>The mean confidence; null if the bin is empty.</summary>
    public double? Confidence => Count > 0 ? SumOfConfidences / Count : null;

    /// <summary>The distance between accuracy and confidence; 0 if the bin is empty.</summary>
    public double Gap => Math.Abs((Accuracy - Confidence) ?? 0);
}
