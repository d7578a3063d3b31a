namespace Nabla.Doctor;

/// <summary>NB302: the inputs do not tell the labels, as where the two were shuffled apart.</summary>
/// <remarks>
/// Labels that have nothing to do with the inputs can be learned by heart, but not generalised (Zhang, Bengio, Hardt, Recht and Vinyals, 2017). So the loss of what is
/// learned from falls, or stays at that of a constant answer if there is too much to learn by heart; and the accuracy on validation examples stays at chance.
/// <para>
/// The evidence: the accuracy is no more than two standard errors above the share of the most frequent class, in the last epochs (<see cref="EpochFacts.Recent"/>) the validation loss was no better than a constant
/// answer's, and either the training loss has fallen by a tenth below that, or nothing is wrong with the steps: none of NB201 to NB207 was found.
/// </para>
/// </remarks>
internal sealed class UninformativeInputsCheck : Check
{
    private const double Learned = 0.9, NoBetter = 0.98;

    /// <inheritdoc/>
    public override string Code => "NB302";

    /// <inheritdoc/>
    public override string Title => "the inputs do not tell the labels";

    /// <inheritdoc/>
    public override void AfterEpoch(EpochFacts facts, FindingLog chart)
    {
        if (!Holds(facts) || !chart.Lacks(this, FindingSeverity.Warning))
            return;
        double chance = facts.Training.ChanceCost, train = facts.Epoch.TrainLoss;
        var learns = train < Learned * chance;
        if (!learns && chart.Findings.Any(finding => finding.Code.StartsWith("NB2", StringComparison.Ordinal)))
            return;
        var validation = facts.Epoch.Validation!;
        chart.Add(this, FindingSeverity.Warning, null,
            $"The training loss is {train:G3}{(learns ? ", so the examples are being learned by heart" : ", although the weights move as they should")}; but on the {validation.Count} validation examples the accuracy is " +
            $"{100 * validation.Accuracy:F0} %, which is chance, and the loss {validation.Loss:G3}, where a constant answer costs {chance:G3}.",
            "See whether inputs and labels are still in the same order, of the same examples, and whether the labels can be told from the inputs at all: look at some.",
            new("validation accuracy", validation.Accuracy ?? double.NaN), new("validation loss", validation.Loss), new("training loss", train), new("cost of a constant answer", chance));
    }

    private static bool Holds(EpochFacts facts) =>
        facts.Recent is [_, ..] recent && recent.All(epoch => epoch.ValidationLoss >= NoBetter * facts.Training.ChanceCost) && facts.AccuracyIsAtChance;
}
