namespace Nabla.Doctor;

/// <summary>
/// NB304: on the validation examples, a constant answer would do better, though the training examples are learned.
/// </summary>
/// <remarks>
/// Then the two sets are not alike: they come from different sources, or were prepared differently, for example
/// scaled in one case only. The evidence: the validation loss was never below 1.2 times the cost of a constant answer
/// (if it ever was, it is over-fitting, NB303), while the training loss was half of that cost or less in the last
/// epochs (<see cref="EpochFacts.Recent"/>). If the accuracy is no better than chance either, it is left to NB302.
/// </remarks>
internal sealed class WorseThanChanceCheck : Check
{
    private const double Worse = 1.2, Learned = 0.5;

    /// <inheritdoc/>
    public override string Code => "NB304";

    /// <inheritdoc/>
    public override string Title => "validation is worse than chance";

    /// <inheritdoc/>
    public override void AfterEpoch(EpochFacts facts, FindingLog log)
    {
        var chance = facts.Training.ChanceCost;
        if (facts.Recent is not [_, ..] recent || recent.Any(epoch => epoch.TrainLoss > Learned * chance))
            return;
        if (facts.History.Any(epoch => !(epoch.ValidationLoss >= Worse * chance)))
            return;
        if (facts.AccuracyIsAtChance || !log.Lacks(this, FindingSeverity.Warning))
            return;
        double loss = facts.Epoch.Validation!.Loss, train = facts.Epoch.TrainLoss;
        log.Add(this, FindingSeverity.Warning, null,
            $"The training loss is {train:G3}, but the validation loss is {loss:G3}, more than the {chance:G3} " +
            "that a constant answer costs.",
            "Check that the validation examples come from the same source and are prepared like the others, with the " +
            "same scaling constants.",
            new("validation loss", loss), new("training loss", train), new("cost of a constant answer", chance));
    }
}
