namespace Nabla.Doctor;

/// <summary>
/// NB302: the inputs do not predict the labels, for example because the two were shuffled separately.
/// </summary>
/// <remarks>
/// <para>Labels that have nothing to do with the inputs can be memorised, but the network does not generalise (Zhang,
/// Bengio, Hardt, Recht and Vinyals, 2017). So the training loss falls, or stays at that of a constant answer if
/// there is too much to memorise, and the validation accuracy stays at chance.</para>
/// <para>The evidence: the accuracy is no more than two standard errors above the share of the most frequent class.
/// In the last epochs (<see cref="EpochFacts.Recent"/>) the validation loss was no better than a constant answer's.
/// In addition, either the training loss has fallen a tenth below that, or the steps are in order: none of NB201 to
/// NB207 was found.
/// </para>
/// </remarks>
internal sealed class UninformativeInputsCheck : Check
{
    private const double Learned = 0.9, NoBetter = 0.98;

    /// <inheritdoc/>
    public override string Code => "NB302";

    /// <inheritdoc/>
    public override string Title => "the inputs do not predict the labels";

    /// <inheritdoc/>
    public override void AfterEpoch(EpochFacts facts, FindingLog log)
    {
        if (!Holds(facts) || !log.Lacks(this, FindingSeverity.Warning))
            return;
        double chance = facts.Training.ChanceCost, train = facts.Epoch.TrainLoss;
        var learns = train < Learned * chance;
        if (!learns && log.Findings.Any(finding => finding.Code.StartsWith("NB2", StringComparison.Ordinal)))
            return;
        var validation = facts.Epoch.Validation!;
        var weights = learns ? "the examples are being memorised" : "the weights change as they should";
        log.Add(this, FindingSeverity.Warning, null,
            $"The training loss is {train:G3}, and {weights}. But on the {validation.Count} validation examples the " +
            $"accuracy is {100 * validation.Accuracy:F0} %, which is chance, and the loss is {validation.Loss:G3}, " +
            $"while a constant answer costs {chance:G3}.",
            "Check that inputs and labels are in the same order and belong to the same examples. Look at some " +
            "examples: can their labels be predicted from the inputs at all?",
            new("validation accuracy", validation.Accuracy ?? double.NaN), new("validation loss", validation.Loss),
            new("training loss", train), new("cost of a constant answer", chance));
    }

    private static bool Holds(EpochFacts facts) =>
        facts.Recent is [_, ..] recent
        && recent.All(epoch => epoch.ValidationLoss >= NoBetter * facts.Training.ChanceCost)
        && facts.AccuracyIsAtChance;
}
