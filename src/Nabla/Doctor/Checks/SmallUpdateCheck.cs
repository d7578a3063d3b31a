namespace Nabla.Doctor;

/// <summary>NB207: steps so small that the whole training will hardly move the weights.</summary>
/// <remarks>
/// <para>The evidence is ‖Δw‖ / ‖w‖ of the layer that moves most. About 0.001 is healthy (Karpathy, CS231n); below
/// 6·10⁻⁸, the precision of float32, most weights do not change at all. How small is too small depends on the number
/// of steps: even if all steps have the same direction, n of them move the weights by n times the ratio. There is a
/// warning if that is less than a hundredth of their size for the whole training, and the ratio is below 10⁻⁵ three
/// looks in a row.</para>
/// <para>A training that has nothing left to learn takes small steps too, and a schedule may lower the learning rate
/// on purpose. So the check covers only the first epoch, and only while the cost has not fallen by a tenth. If there
/// is no gradient at all, the steps are not the cause: NB203 and NB204 give the reason.</para>
/// </remarks>
internal sealed class SmallUpdateCheck : Check
{
    private const double Least = 1e-5, LeastInAll = 0.01, Fallen = 0.9;
    private const int Warns = 3;

    private Persistence low = new(0);
    private double firstCost;

    /// <inheritdoc/>
    public override string Code => "NB207";

    /// <inheritdoc/>
    public override string Title => "steps are too small";

    /// <inheritdoc/>
    public override void Begin(TrainingFacts training, FindingLog log) => low = new(1);

    internal override void Visit(StateVisitor state)
    {
        state.Visit("low", low);
        state.Visit("first-cost", ref firstCost);
    }

    /// <inheritdoc/>
    public override void AfterStep(StepFacts facts, FindingLog log)
    {
        if (facts.Look == 1)
            firstCost = facts.Cost;
        if (facts.Number > Math.Max(facts.Training.StepsPerEpoch, 8) || facts.Weights.Length == 0)
            return;
        if (facts.HasNoGradientUpTo(facts.Weights[0].Layer))
            return;
        var ratio = 0.0;
        foreach (var weights in facts.Weights)
            ratio = Math.Max(ratio, weights.UpdateRatio());
        var steps = (double)facts.Training.Epochs * facts.Training.StepsPerEpoch;
        var seen = ratio < Least && ratio * steps < LeastInAll && facts.Cost > Fallen * firstCost;
        if (low.Count(0, seen) >= Warns && log.Lacks(this, FindingSeverity.Warning))
            log.Add(this, FindingSeverity.Warning, null,
                $"One step changes the weights of every layer by at most {ratio:G3} times their size, so all " +
                $"{steps:N0} steps together change them by at most {100 * ratio * steps:G3} %.",
                "Try a learning rate ten or a hundred times larger.",
                new("update / weight", ratio), new("planned steps", steps));
    }
}
