namespace Nabla.Doctor;

/// <summary>NB303: the network memorises its examples.</summary>
/// <remarks>
/// With enough weights, the cost of the training examples can be driven to 0. What is learned late holds for those
/// examples only, and the cost of other examples rises again (Bishop, <i>Pattern Recognition and Machine
/// Learning</i>, section 1.1). The evidence: the validation loss was once better than a constant answer's, and
/// reached its best before the last epochs (<see cref="EpochFacts.Recent"/>). It is now a quarter above that best
/// (and by at least a twentieth of what a constant answer costs), while the training loss has since fallen by a
/// fifth. A network that only becomes overconfident shows this too; its accuracy may stay the same.
/// </remarks>
internal sealed class OverfittingCheck : Check
{
    private const double Risen = 1.25, Fallen = 0.8, Much = 0.05;

    /// <inheritdoc/>
    public override string Code => "NB303";

    /// <inheritdoc/>
    public override string Title => "over-fitting";

    /// <inheritdoc/>
    public override void AfterEpoch(EpochFacts facts, FindingLog log)
    {
        if (facts.Epoch.Validation is not { } now || !log.Lacks(this, FindingSeverity.Warning))
            return;
        var best = facts.History.Where(epoch => epoch.ValidationLoss is not null).MinBy(epoch => epoch.ValidationLoss);
        if (facts.Recent is not [var first, ..] || best is null || best.Number >= first.Number)
            return;
        if (best.ValidationLoss is not { } least || !(least < facts.Training.ChanceCost))
            return;
        if (now.Loss < Risen * least || now.Loss - least < Much * facts.Training.ChanceCost)
            return;
        if (facts.Epoch.TrainLoss > Fallen * best.TrainLoss)
            return;
        log.Add(this, FindingSeverity.Warning, null,
            $"Since epoch {best.Number} the validation loss has risen from {least:G3} to {now.Loss:G3}, while the " +
            $"training loss has fallen from {best.TrainLoss:G3} to {facts.Epoch.TrainLoss:G3}.",
            $"Keep the network of epoch {best.Number}. For a better one: more examples, augmentation, weight decay, " +
            "dropout, or a smaller network.",
            new("best validation loss", least), new("validation loss", now.Loss),
            new("training loss", facts.Epoch.TrainLoss));
    }
}
