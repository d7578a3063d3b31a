namespace Nabla.Inspection;

/// <summary>One derivative, computed twice.</summary>
/// <param name="Parameter">The parameter array, “2.weight”: layer (from 0) and name, as in model files.</param>
/// <param name="Index">The index of the weight; null for a random direction, in which all weights change.</param>
/// <param name="Analytic">The derivative by backpropagation.</param>
/// <param name="Numeric">The numeric derivative.</param>
/// <param name="Error">Their relative difference; infinite if the result of backpropagation is not finite.</param>
/// <param name="Skipped">Whether the numeric derivative is too uncertain to judge by, as at a kink.</param>
public sealed record DerivativeCheck(
    string Parameter, int? Index, double Analytic, double Numeric, double Error, bool Skipped)
{
    /// <summary>“2.weight[17]”, or “2.weight, random direction”.</summary>
    public string Where => Index is { } index ? $"{Parameter}[{index}]" : $"{Parameter}, random direction";
}

/// <summary>The result of a gradient check.</summary>
/// <param name="Checks">Every derivative that was checked.</param>
/// <param name="Tolerance">The error up to which a derivative passes.</param>
public sealed record GradientReport(IReadOnlyList<DerivativeCheck> Checks, double Tolerance)
{
    /// <summary>The number of derivatives that were compared.</summary>
    public int Compared => Checks.Count(check => !check.Skipped);

    /// <summary>The number of derivatives that were skipped, at a kink or lost in rounding.</summary>
    public int Skipped => Checks.Count - Compared;

    /// <summary>The derivative with the largest error; null if none could be compared.</summary>
    public DerivativeCheck? Worst => Checks.Where(check => !check.Skipped).MaxBy(check => check.Error);

    /// <summary>The worst derivative with respect to a single weight; null if none could be compared.</summary>
    public DerivativeCheck? WorstSingle =>
        Checks.Where(check => !check.Skipped && check.Index is not null).MaxBy(check => check.Error);

    /// <summary>The worst derivative in a random direction; null if none could be compared.</summary>
    public DerivativeCheck? WorstDirection =>
        Checks.Where(check => !check.Skipped && check.Index is null).MaxBy(check => check.Error);

    /// <summary>The derivatives with an error above the tolerance.</summary>
    public IReadOnlyList<DerivativeCheck> Failures =>
        [.. Checks.Where(check => !check.Skipped && !(check.Error <= Tolerance))];

    /// <summary>Whether every error is within the tolerance,
    /// and at least half of the derivatives could be compared.</summary>
    public bool Passed => Failures.Count == 0 && Compared > 0 && Compared >= Skipped;

    /// <summary>The probable cause, if the numbers reveal it; otherwise null.</summary>
    public string? LikelyCause { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Worst is not { } worst
        ? "No derivative could be compared."
        : $"{(Passed ? "passed" : "FAILED")}: {Compared} derivatives compared, "
            + $"{Skipped} skipped (at a kink, or too small to see in float32); the worst is {worst.Where}: "
            + $"backpropagation {worst.Analytic:G6}, numeric {worst.Numeric:G6}, "
            + $"relative error {worst.Error:E1} (at most {Tolerance:E1} passes)."
            + (Passed || Failures.Count > 0 ? "" : " Too many were skipped to judge: try another batch or seed.")
            + (LikelyCause is null ? "" : " Likely cause: " + LikelyCause);
}
