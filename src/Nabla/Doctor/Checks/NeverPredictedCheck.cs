namespace Nabla.Doctor;

/// <summary>NB305: a class that is never predicted, though there are examples of it.</summary>
/// <remarks>
/// <para>At the start of a training this is normal. If it stays so, the class is rare or absent in the training
/// examples, it looks like another class, or the network has collapsed and names one class for everything. The
/// accuracy alone hides it: with ten classes, one that is never named costs ten per cent.</para>
/// <para>The evidence is a column of the confusion matrix that is empty in all of the last epochs
/// (<see cref="EpochFacts.Recent"/>), although its row has at least ten examples. If the whole training is at chance,
/// NB301 and NB302 report it, and this check does not.</para>
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
    public override void Begin(TrainingFacts training, FindingLog log) => absent = new(training.Classes.Count);

    internal override void Visit(StateVisitor state) => state.Visit("absent", absent);

    /// <inheritdoc/>
    public override void AfterEpoch(EpochFacts facts, FindingLog log)
    {
        var classes = facts.Training.Classes;
        int[] epochs =
            [
                .. Enumerable.Range(0, classes.Count)
                    .Select(k => absent.Count(k, IsNeverPredicted(facts.Epoch, k, classes.Count))),
            ];
        var recent = facts.Recent;
        if (recent.Count == 0 || log.Has("NB301") || log.Has("NB302"))
            return;
        if (!log.Lacks(this, FindingSeverity.Warning))
            return;
        int[] never = [.. Enumerable.Range(0, classes.Count).Where(k => epochs[k] >= recent.Count)];
        if (never.Length == 0)
            return;
        var validation = facts.Epoch.Validation!;
        var missed = never.Sum(k => Examples(validation, k, classes.Count));
        var named = string.Join(", ", never.Select(k => $"class {k} ('{classes[k]}')"));
        var collapsed = never.Length == classes.Count - 1;
        log.Add(this, FindingSeverity.Warning, null,
            (collapsed ? "Every validation example is classified as the same class. " : "") +
            $"Never predicted in the last {recent.Count} epochs: {named}. " +
            $"{missed} of {validation.Count} validation examples belong to {(never.Length == 1 ? "it" : "them")}.",
            "Check how many training examples there are of it, and give rare classes a greater weight. If the " +
            "network names one class for everything, look at the other findings.",
            new("classes never predicted", never.Length), new("their examples", missed));
    }

    private static bool IsNeverPredicted(Epoch epoch, int k, int classes) =>
        epoch.Validation is { } validation
        && Examples(validation, k, classes) >= Fewest
        && Enumerable.Range(0, classes).All(actual => validation.Confusion(actual, k) == 0);

    private static int Examples(Evaluation validation, int k, int classes) =>
        Enumerable.Range(0, classes).Sum(predicted => validation.Confusion(k, predicted));
}
