namespace Nabla;

/// <summary>The course of the loss while the learning rate grew.</summary>
/// <param name="Points">
/// The steps in order: the learning rate of each, the cost of its batch before the step, and the smoothed cost so far.
/// </param>
/// <param name="BlewUp">Whether the loss blew up before the largest rate was reached.</param>
public sealed record LearningRateCurve(IReadOnlyList<(double Rate, double Loss, double Smoothed)> Points, bool BlewUp)
{
    private const int Edge = 5;                         // a slope is measured over this many steps on each side
    private const double LeastFall = 0.1;               // of the first loss; a smaller fall may be chance

    /// <summary>
    /// The rate to try: a tenth of the rate at which the smoothed loss is lowest, because that rate is almost too
    /// large (the older rule of fastai). Null if the loss does not fall by a tenth.
    /// </summary>
    public double? Suggested => Falls ? Lowest.Rate / 10 : null;

    /// <summary>The rate at which the smoothed loss falls most steeply along a logarithmic axis;
    /// null if the loss does not fall by a tenth.</summary>
    public double? Steepest
    {
        get
        {
            var (best, steepest) = (-1, 0.0);
            for (var i = Edge; i < Points.Count - Edge && Falls; i++)
                if (Points[i + Edge].Smoothed - Points[i - Edge].Smoothed is var slope && slope < steepest)
                    (best, steepest) = (i, slope);
            return best < 0 ? null : Points[best].Rate;
        }
    }

    private (double Rate, double Loss, double Smoothed) Lowest => Points.MinBy(point => point.Smoothed);

    private bool Falls => Points.Count > 0 && Lowest.Smoothed < (1 - LeastFall) * Points[0].Smoothed;
}
