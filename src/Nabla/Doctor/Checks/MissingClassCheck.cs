namespace Nabla.Doctor;

/// <summary>NB103: a class without a single example to learn from.</summary>
/// <remarks>
/// A class that is never shown is never learned: the network only learns to give that output a probability near 0. If
/// it is class 0, the labels probably count from 1, and every label names the wrong class.
/// </remarks>
internal sealed class MissingClassCheck : Check
{
    /// <inheritdoc/>
    public override string Code => "NB103";

    /// <inheritdoc/>
    public override string Title => "a class without examples";

    /// <inheritdoc/>
    public override void Begin(TrainingFacts training, FindingLog log)
    {
        int[] missing =
            [.. Enumerable.Range(0, training.ClassCounts.Count).Where(k => training.ClassCounts[k] == 0)];
        if (missing.Length == 0)
            return;
        var fromOne = missing is [0];
        var named = string.Join(", ", missing.Select(k => $"{k} ('{training.Classes[k]}')"));
        log.Add(this, FindingSeverity.Warning, null,
            $"No example belongs to {(missing.Length == 1 ? "class" : "the classes")} {named} of " +
            $"{training.Classes.Count}.",
            fromOne
                ? "Do the labels count from 1? They must count from 0: subtract 1 from each."
                : "Were its examples lost when the data was read or cut? If there are none, leave out the class and " +
                  "its output.",
            new("classes without examples", missing.Length), new("classes", training.Classes.Count));
    }
}
