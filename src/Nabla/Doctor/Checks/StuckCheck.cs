namespace Nabla.Doctor;

/// <summary>NB301: a cost that does not fall below what a constant answer costs: ln K, for K classes.</summary>
/// <remarks>
/// A network that ignores its inputs can still learn how frequent each class is, through the biases of its last
/// layer. It then costs the entropy of the classes (<see cref="TrainingFacts.ChanceCost"/>). If the cost stays there,
/// nothing gets from the inputs to the outputs, or no gradient gets back. A cost that stays above it is no better.
/// There is a warning if the last epochs (<see cref="EpochFacts.Recent"/>) were all above 95 % of that cost, and the
/// second half of them gained less than 2 % of it.
/// </remarks>
internal sealed class StuckCheck : Check
{
    private const double Near = 0.95, Gain = 0.02;

    /// <inheritdoc/>
    public override string Code => "NB301";

    /// <inheritdoc/>
    public override string Title => "stuck at chance";

    /// <inheritdoc/>
    public override void AfterEpoch(EpochFacts facts, FindingLog log)
    {
        if (!IsStuck(facts) || !log.Lacks(this, FindingSeverity.Warning))
            return;
        double cost = facts.Epoch.TrainLoss, chance = facts.Training.ChanceCost;
        var lnK = Math.Log(Math.Max(facts.Training.Classes.Count, 1));
        var what = Math.Abs(chance - lnK) < 0.05 * lnK ? $" (ln {facts.Training.Classes.Count} = {lnK:F3})" : "";
        log.Add(this, FindingSeverity.Warning, null,
            $"After {facts.History.Count} epochs the loss is {cost:G4} and no longer falls. The same answer for " +
            $"every example would cost {chance:G4}{what}.",
            "Look at the other findings first. Then try a learning rate ten times larger, one ten times smaller, " +
            "and fewer layers, and check that inputs and targets belong together.",
            new("loss", cost), new("cost of a constant answer", chance));
    }

    /// <summary>
    /// Whether the last epochs were all near or above the cost of a constant answer, and gained nothing.
    /// </summary>
    internal static bool IsStuck(EpochFacts facts)
    {
        var chance = facts.Training.ChanceCost;
        var recent = facts.Recent;
        return recent.Count > 0
            && recent.All(epoch => epoch.TrainLoss > Near * chance)
            && recent[recent.Count / 2].TrainLoss - recent[^1].TrainLoss < Gain * chance;
    }
}
