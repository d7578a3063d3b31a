namespace Nabla.Inspection;

/// <summary>One derivative, computed twice.</summary>
/// <param name="Parameter">Which parameter array, “2.weight”: layer (from 0) and name, as in model files.</param>
/// <param name="Index">Which of its numbers; null for a random direction, in which all change.</param>
/// <param name="Analytic">By backpropagation.</param>
/// <param name="Numeric">By trying.</param>
/// <param name="Error">Their relative difference; infinite if backpropagation gave no finite number.</param>
/// <param name="Skipped">Whether the numeric derivative is too uncertain to judge by, as at a kink.</param>
public sealed record DerivativeCheck(string Parameter, int? Index, double Analytic, double Numeric, double Error, bool Skipped)
{
    /// <summary>“2.weight[17]”, or “2.weight, random direction”.</summary>
    public string Where => Index is { } index ? $"{Parameter}[{index}]" : $"{Parameter}, random direction";
}

/// <summary>What a gradient check has found.</summary>
/// <param name="Checks">Every derivative that was looked at.</param>
/// <param name="Tolerance">The error up to which it passes.</param>
public sealed record GradientReport(IReadOnlyList<DerivativeCheck> Checks, double Tolerance)
{
    /// <summary>How many derivatives were compared.</summary>
    public int Compared => Checks.Count(check => !check.Skipped);

    /// <summary>How many were left out, at a kink or lost in rounding.</summary>
    public int Skipped => Checks.Count - Compared;

    /// <summary>The one with the largest error; null if none could be compared.</summary>
    public DerivativeCheck? Worst => Checks.Where(check => !check.Skipped).MaxBy(check => check.Error);

    /// <summary>The worst of those of a single number; null if none could be compared.</summary>
    public DerivativeCheck? WorstSingle => Checks.Where(check => !check.Skipped && check.Index is not null).MaxBy(check => check.Error);

    /// <summary>The worst of those in a random direction; null if none could be compared.</summary>
    public DerivativeCheck? WorstDirection => Checks.Where(check => !check.Skipped && check.Index is null).MaxBy(check => check.Error);

    /// <summary>Those with an error above the tolerance.</summary>
    public IReadOnlyList<DerivativeCheck> Failures => [.. Checks.Where(check => !check.Skipped && !(check.Error <= Tolerance))];

    /// <summary>Whether every error is within the tolerance, and at least half of the derivatives could be compared.</summary>
    public bool Passed => Failures.Count == 0 && Compared > 0 && Compared >= Skipped;

    /// <summary>What is probably wrong, where the numbers give it away; else null.</summary>
    public string? LikelyCause { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Worst is not { } worst
        ? "No derivative could be compared."
        : $"{(Passed ? "passed" : "FAILED")}: {Compared} derivatives compared, {Skipped} skipped (at a kink, or too small to see in float32); the worst is {worst.Where}: " +
          $"backpropagation {worst.Analytic:G6}, numeric {worst.Numeric:G6}, relative error {worst.Error:E1} (at most {Tolerance:E1} passes)." +
          (Passed || Failures.Count > 0 ? "" : " Too many were skipped to judge: try another batch or seed.") +
          (LikelyCause is null ? "" : " Likely cause: " + LikelyCause);
}
