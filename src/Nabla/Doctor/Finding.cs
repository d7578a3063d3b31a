namespace Nabla.Doctor;

/// <summary>How bad a finding is.</summary>
public enum FindingSeverity
{
    /// <summary>Worth knowing; nothing has to be done.</summary>
    Note,

    /// <summary>The training goes on, but it is likely to come to little.</summary>
    Warning,

    /// <summary>The training cannot recover, and is ended.</summary>
    Fatal,
}

/// <summary>Something that is wrong with a training: what, where, since when, by what evidence, and what to try.</summary>
public sealed record Finding
{
    /// <summary>The code of the check that found it, “NB203”: it never changes its meaning, and docs/doctor.md explains it.</summary>
    public required string Code { get; init; }

    /// <summary>What the check looks for, in a few words: “saturated units”.</summary>
    public required string Title { get; init; }

    /// <summary>How bad it is.</summary>
    public required FindingSeverity Severity { get; init; }

    /// <summary>What was seen, with its numbers; one sentence.</summary>
    public required string Message { get; init; }

    /// <summary>What to try.</summary>
    public required string Advice { get; init; }

    /// <summary>The numbers that it rests on.</summary>
    public IReadOnlyList<(string Name, double Value)> Evidence { get; init; } = [];

    /// <summary>The layer, from 1; null if it is about no layer.</summary>
    public int? Layer { get; init; }

    /// <summary>The name of the layer, “Sigmoid”.</summary>
    public string? LayerName { get; init; }

    /// <summary>The epoch, from 1; null before the first.</summary>
    public int? Epoch { get; init; }

    /// <summary>The step within the epoch, from 1; null where it is about an epoch, or the data.</summary>
    public int? Step { get; init; }

    /// <summary>Where it was found: “layer 2 (Sigmoid), epoch 1, step 3”; “data” before the first step.</summary>
    public string Where => string.Join(", ", ((string?[])
    [
        Layer is null ? null : $"layer {Layer} ({LayerName})",
        Epoch is null ? Layer is null ? "data" : "before the first step" : $"epoch {Epoch}",
        Step is null ? null : $"step {Step}",
    ]).Where(part => part is not null));

    /// <inheritdoc/>
    public override string ToString() => $"{Code} {Severity.ToString().ToLowerInvariant()}, {Where}: {Message} {Advice}";
}
