namespace Nabla.Doctor;

/// <summary>NB102: inputs that are the same in every example.</summary>
/// <remarks>
/// A constant carries no information: its weight only adds to the bias. Often a column went wrong when the data was
/// made. In images the border is usually constant, so images are reported only if every pixel is constant.
/// </remarks>
internal sealed class ConstantInputCheck : Check
{
    private const int MostNamed = 5;

    /// <inheritdoc/>
    public override string Code => "NB102";

    /// <inheritdoc/>
    public override string Title => "constant inputs";

    /// <inheritdoc/>
    public override void Begin(TrainingFacts training, FindingLog log)
    {
        int[] constant =
            [.. Enumerable.Range(0, training.Inputs.Count).Where(input => training.Inputs[input].IsConstant)];
        var all = constant.Length == training.Inputs.Count;
        if (training.Examples == 1 || constant.Length == 0 || (training.ImageSize is not null && !all))
            return;
        var named = string.Join(", ", constant.Take(MostNamed).Select(input => $"{input + 1}"))
            + (constant.Length > MostNamed ? " …" : "");
        log.Add(this, all ? FindingSeverity.Warning : FindingSeverity.Note, null,
            $"{constant.Length} of {training.Inputs.Count} inputs are the same in every example (number {named}).",
            all
                ? "Check how the data is read: nothing tells the examples apart."
                : "Leave them out, or check how these columns were made.",
            new("constant inputs", constant.Length), new("inputs", training.Inputs.Count));
    }
}
