namespace Nabla.Doctor;

/// <summary>NB305: a class that is never predicted, though there are examples of it.</summary>
/// <remarks>
/// At the start of a training it is usual. When it stays so, the class is rare or absent in what is learned from, looks like another, or the network has collapsed and
/// names one class for everything. The accuracy alone hides it: with ten classes, one that is never named costs ten per cent.
/// The evidence is a column of the confusion matrix that is empty in all of the last epochs (<see cref="EpochFacts.Recent"/>), where its row has at least ten examples. Where the whole
/// training is at chance, NB301 and NB302 say so, and this does not.
/// </remarks>
internal sealed class NeverPredictedCheck : Check
{
    private const int Fewest = 10;

    private Persistence absent = new(0);                // epochs in a row without a prediction, for each class

    /// <inheritdoc/>
    public override string Code => "NB305";

    /// <inheritdoc/>
    public override string Title => "a class is never predicted";

    /// <inheritdoc/>
    public override void Begin(TrainingFacts training, FindingLog chart) => absent = new(training.Classes.Count);

    internal override void Visit(StateVisitor state) => state.Visit("absent", absent);

    /// <inheritdoc/>
    public override void AfterEpoch(EpochFacts facts, FindingLog chart)
    {
        var classes = facts.Training.Classes;
        int[] epochs = [.. Enumerable.Range(0, classes.Count).Select(k => absent.Count(k, IsNeverPredicted(facts.Epoch, k, classes.Count)))];
        var recent = facts.Recent;
        if (recent.Count == 0 || chart.Has("NB301") || chart.Has("NB302") || !chart.Lacks(this, FindingSeverity.Warning))
            return;
        int[] never = [.. Enumerable.Range(0, classes.Count).Where(k => epochs[k] >= recent.Count)];
        if (never.Length == 0)
            return;
        var (missed, total) = (never.Sum(k => Examples(facts.Epoch.Validation!, k, classes.Count)), facts.Epoch.Validation!.Count);
        chart.Add(this, FindingSeverity.Warning, null,
            (never.Length == classes.Count - 1 ? "Every validation example is taken for the same class. " : "") +
            $"Never predicted, {recent.Count} epochs in a row: {string.Join(", ", never.Select(k => $"class {k} ('{classes[k]}')"))}, to which {missed} of {total} validation examples belong.",
            "See how many examples of it there are to learn from; give rare classes a greater weight. If the network names one class for everything, look at the other findings.",
            new("classes never predicted", never.Length), new("their examples", missed));
    }

    private static bool IsNeverPredicted(Epoch epoch, int k, int classes) =>
        epoch.Validation is { } validation && Examples(validation, k, classes) >= Fewest && Enumerable.Range(0, classes).All(actual => validation.Confusion(actual, k) == 0);

    private static int Examples(Evaluation validation, int k, int classes) => Enumerable.Range(0, classes).Sum(predicted => validation.Confusion(k, predicted));
}
