namespace Nabla.Doctor;

/// <summary>NB206: steps that are large compared with the weights they change.</summary>
/// <remarks>
/// The gradient describes the slope at the current weights; a step as large as the weights lands where it no longer
/// applies. The evidence is ‖Δw‖ / ‖w‖ of a layer's weights in one step, without the biases. About 0.001 is healthy
/// (Karpathy, CS231n, “Ratio of weights:updates”). In the first steps of a training, above all with Adam, it may be
/// 0.1. There is a warning if the ratio is above 0.3 three looks in a row, or above 1 once.
/// </remarks>
internal sealed class LargeUpdateCheck : Check
{
    private const double Most = 0.3, MostOnce = 1;
    private const int Warns = 3;

    private Persistence high = new(0);

    /// <inheritdoc/>
    public override string Code => "NB206";

    /// <inheritdoc/>
    public override string Title => "steps are too large";

    /// <inheritdoc/>
    public override void Begin(TrainingFacts training, FindingLog log) =>
        high = new(WatchedWeights.Of(training.Network).Count());

    internal override void Visit(StateVisitor state) => state.Visit("high", high);

    /// <inheritdoc/>
    public override void AfterStep(StepFacts facts, FindingLog log)
    {
        for (var w = 0; w < facts.Weights.Length; w++)
        {
            var weights = facts.Weights[w];
            var ratio = weights.UpdateRatio();
            if ((high.Count(w, ratio > Most) >= Warns || ratio > MostOnce) && !log.Has(Code))
                log.Add(this, FindingSeverity.Warning, weights.Layer,
                    $"One step changes its weights by {ratio:G3} times their own size, where about 0.001 is healthy.",
                    "Try a learning rate ten times smaller, and check the scale of the inputs and targets.",
                    ("update / weight", ratio));
        }
    }
}
