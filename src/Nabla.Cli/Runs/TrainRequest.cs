namespace Nabla.Cli;

/// <summary>The options of <c>train</c> and <c>lr-find</c>; null where an option was not given.</summary>
internal sealed record TrainRequest
{
    public required string Data { get; init; }
    public required string Network { get; init; }
    public string? Loss { get; init; }
    public string? Optimizer { get; init; }
    public double? LearningRate { get; init; }
    public double? Momentum { get; init; }
    public bool Nesterov { get; init; }
    public double? WeightDecay { get; init; }
    public string? Schedule { get; init; }
    public string? Clip { get; init; }
    public int? EarlyStopping { get; init; }
    public double? Ema { get; init; }
    public string? ClassWeights { get; init; }
    public string? Augment { get; init; }
    public int? BatchSize { get; init; }
    public int? Epochs { get; init; }
    public double Validation { get; init; }
    public ulong Seed { get; init; }
    public int? Threads { get; init; }
    public string? DataFolder { get; init; }
    public string? Out { get; init; }
    public bool Json { get; init; }
    public bool Quiet { get; init; }
    public bool NoDoctor { get; init; }

    /// <summary>The folder of the run to resume; null for a new one.</summary>
    public string? Resume { get; init; }

    /// <summary>
    /// The seconds from one save to the next, also within an epoch; null to save whenever it costs little.
    /// </summary>
    public double? SaveEvery { get; init; }

    /// <summary>The names of the options and arguments that were given.</summary>
    public IReadOnlyCollection<string> Given { get; init; } = [];
}
