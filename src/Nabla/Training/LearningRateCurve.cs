namespace Nabla.Training;

/// <summary>One step of a <see cref="LearningRateFinder"/>.</summary>
/// <param name="Rate">The learning rate of the step.</param>
/// <param name="Loss">The cost of its batch before the step.</param>
/// <param name="Smoothed">The smoothed cost so far.</param>
public readonly record struct LearningRatePoint(double Rate, double Loss, double Smoothed);

/// <summary>How the loss went while the learning rate grew.</summary>
/// <param name="Points">The steps, in order.</param>
/// <param name="BlewUp">Whether the loss blew up before the largest rate was reached.</param>
public sealed record LearningRateCurve(IReadOnlyList<LearningRatePoint> Points, bool BlewUp)
{
    private const int Edge = 5;                         // a slope is measured over this many steps to each side

    /// <summary>
    /// The rate to try: the middle of the longest valley, the longest sequence of steps, not all of them, in which the smoothed loss
    /// falls from each to the next (the rule “valley” of fastai). Null where it falls nowhere.
    /// </summary>
    public double? Suggested
    {
        get
        {
            var (start, end) = Valley();
            return end - start < 3 ? null : Points[start + (end - start) / 2].Rate;
        }
    }

    /// <summary>The rate at which the smoothed loss falls most steeply along a logarithmic axis; null where it falls nowhere.</summary>
    public double? Steepest
    {
        get
        {
            var (best, steepest) = (-1, 0.0);
            for (var i = Edge; i < Points.Count - Edge; i++)
                if (Points[i + Edge].Smoothed - Points[i - Edge].Smoothed is var slope && slope < steepest)
                    (best, steepest) = (i, slope);
            return best < 0 ? null : Points[best].Rate;
        }
    }

    /// <summary>The first and the last step of the longest decreasing subsequence of smoothed losses; of several as long, the one that ends first.</summary>
    private (int Start, int End) Valley()
    {
        var length = new int[Points.Count];             // of the longest that ends here
        var start = new int[Points.Count];              // where that one begins
        var end = 0;
        for (var i = 0; i < Points.Count; i++)
        {
            (length[i], start[i]) = (1, i);
            for (var j = 0; j < i; j++)
                if (Points[i].Smoothed < Points[j].Smoothed && length[j] + 1 > length[i])
                    (length[i], start[i]) = (length[j] + 1, start[j]);
            if (length[i] > length[end])
                end = i;
        }
        return Points.Count == 0 ? (0, 0) : (start[end], end);
    }
}
