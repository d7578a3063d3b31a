namespace Nabla.Doctor;

/// <summary>How serious a finding is.</summary>
public enum FindingSeverity
{
    /// <summary>Worth knowing; no action is needed.</summary>
    Note,

    /// <summary>The training continues, but is unlikely to succeed.</summary>
    Warning,

    /// <summary>The training cannot recover, and ends.</summary>
    Fatal,
}

/// <summary>
/// A problem of a training: what it is, where and since when it shows, the evidence, and what to try.
/// </summary>
public sealed record Finding
{
    /// <summary>
    /// The code of the check that found it, “NB203”. It never changes its meaning; docs/doctor.md explains it.
    /// </summary>
    public required string Code { get; init; }

    /// <summary>What the check looks for, in a few words: “saturated units”.</summary>
    public required string Title { get; init; }

    /// <summary>How serious it is.</summary>
    public required FindingSeverity Severity { get; init; }

    /// <summary>What was seen, with its figures, in one or two sentences.</summary>
    public required string Message { get; init; }

    /// <summary>What to try.</summary>
    public required string Advice { get; init; }

    /// <summary>The figures that support it.</summary>
    public IReadOnlyList<(string Name, double Value)> Evidence { get; init; } = [];

    /// <summary>The layer, from 1; null if it does not concern a layer.</summary>
    public int? Layer { get; init; }

    /// <summary>The name of the layer, “Sigmoid”.</summary>
    public string? LayerName { get; init; }

    /// <summary>The epoch, from 1; null before the first.</summary>
    public int? Epoch { get; init; }

    /// <summary>The step within the epoch, from 1; null if it concerns an epoch or the data.</summary>
    public int? Step { get; init; }

    /// <summary>Where it was found: “layer 2 (Sigmoid), epoch 1, step 3”; “data” before the first step.</summary>
    public string Where => string.Join(", ", ((string?[])
    [
        Layer is null ? null : $"layer {Layer} ({LayerName})",
        Epoch is null ? Layer is null ? "data" : "before the first step" : $"epoch {Epoch}",
        Step is null ? null : $"step {Step}",
    ]).Where(part => part is not null));

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Code} {Severity.ToString().ToLowerInvariant()}, {Where}: {Message} {Advice}";
}
