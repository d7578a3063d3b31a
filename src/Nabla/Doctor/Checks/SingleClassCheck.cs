namespace Nabla.Doctor;

/// <summary>NB104: all examples belong to one class.</summary>
/// <remarks>
/// The network learns to name it always, through its biases alone. Loss and accuracy look perfect, and mean nothing.
/// </remarks>
internal sealed class SingleClassCheck : Check
{
    /// <inheritdoc/>
    public override string Code => "NB104";

    /// <inheritdoc/>
    public override string Title => "one class only";

    /// <inheritdoc/>
    public override void Begin(TrainingFacts training, FindingLog log)
    {
        for (var k = 0; k < training.ClassCounts.Count; k++)
            if (training.ClassCounts[k] == training.Examples && training.Classes.Count > 1)
                log.Add(this, FindingSeverity.Warning, null,
                    $"All {training.Examples} examples belong to class {k} ('{training.Classes[k]}').",
                    "Check how the labels are read, and whether the data was sorted by class before it was cut.",
                    new("examples", training.Examples), new("the only class", k));
    }
}
