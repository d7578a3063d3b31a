using System.Text.Json.Nodes;
using Nabla.Data;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Training;

namespace Nabla.Cli;

/// <summary>Everything that a training depends on: what was asked for, and the recipe's choice where nothing was.</summary>
internal sealed record TrainSettings
{
    private static readonly string[] optimizers = ["sgd", "adam", "adamw"];
    private static readonly string[] schedules = [Training.Schedule.Constant.Name, Training.Schedule.Cosine.Name];

    /// <summary>What others call the losses.</summary>
    private static readonly Dictionary<string, string> synonyms = new(StringComparer.OrdinalIgnoreCase)
    {
        ["mse"] = "squared-error",
        ["mean-squared-error"] = "squared-error",
        ["cross-entropy"] = "softmax-cross-entropy",
        ["categorical-cross-entropy"] = "softmax-cross-entropy",
        ["bce"] = "sigmoid-cross-entropy",
        ["binary-cross-entropy"] = "sigmoid-cross-entropy",
    };

    public required string Data { get; init; }
    public required string NetworkName { get; init; }
    public required string Layers { get; init; }
    public required string Loss { get; init; }
    public required string Optimizer { get; init; }
    public required double LearningRate { get; init; }
    public required double Momentum { get; init; }
    public required double WeightDecay { get; init; }
    public required string Schedule { get; init; }
    public required int BatchSize { get; init; }
    public required int Epochs { get; init; }
    public required double Validation { get; init; }
    public required ulong Seed { get; init; }

    public static TrainSettings From(TrainRequest request, Dataset data)
    {
        var preset = Preset.Find(request.Network, data);
        var optimizer = Known(request.Optimizer, optimizers, "optimizer") ?? preset.Optimizer;
        var same = optimizer == preset.Optimizer;
        if (request.Momentum is not null && optimizer != "sgd")
            throw new FormatException($"--momentum belongs to the optimizer sgd, but the optimizer is {optimizer}. Leave one of them out.");
        if (request.WeightDecay is not null && optimizer == "adam")
            throw new FormatException("--weight-decay does not go with the optimizer adam, which would scale it away. Use adamw.");
        if (request.Epochs == 0)
            throw new FormatException("--epochs is 0, but at least 1 is needed to learn anything.");
        var settings = new TrainSettings
        {
            Data = request.Data,
            NetworkName = preset.Name,
            Layers = preset.Layers,
            Loss = Known(request.Loss, LossList.Names, "loss") ?? preset.Loss,
            Optimizer = optimizer,
            LearningRate = request.LearningRate ?? (same ? preset.LearningRate : optimizer == "sgd" ? 0.1 : 0.001),
            Momentum = request.Momentum ?? (same ? preset.Momentum : 0),
            WeightDecay = request.WeightDecay ?? (optimizer == "adamw" ? preset.WeightDecay : 0),
            Schedule = Known(request.Schedule, schedules, "schedule") ?? preset.Schedule,
            BatchSize = request.BatchSize ?? preset.BatchSize,
            Epochs = request.Epochs ?? preset.Epochs,
            Validation = request.Validation,
            Seed = request.Seed,
        };
        if (settings.LearningRate * settings.WeightDecay >= 1)
            throw new FormatException(
                $"--learning-rate {settings.LearningRate} times --weight-decay {settings.WeightDecay} is 1 or more: a step would shrink the weights to nothing, or past it. Make one of them smaller.");
        return settings;
    }

    public Optimizer MakeOptimizer() => Optimizer switch
    {
        "sgd" => new Sgd(LearningRate) { Momentum = Momentum, WeightDecay = WeightDecay },
        "adam" => new Adam(LearningRate),
        _ => new AdamW(LearningRate, WeightDecay),
    };

    public Schedule MakeSchedule() => Schedule == Training.Schedule.Cosine.Name ? Training.Schedule.Cosine : Training.Schedule.Constant;

    /// <summary>The settings by name, for the files of a run and the command's output.</summary>
    public JsonObject ToJson() => new()
    {
        ["data"] = Data,
        ["network"] = NetworkName,
        ["layers"] = Layers,
        ["loss"] = Loss,
        ["optimizer"] = Optimizer,
        ["learningRate"] = LearningRate,
        ["momentum"] = Momentum,
        ["weightDecay"] = WeightDecay,
        ["schedule"] = Schedule,
        ["batch"] = BatchSize,
        ["epochs"] = Epochs,
        ["validation"] = Validation,
        ["seed"] = Seed,
    };

    /// <summary>The recipe in one line: “sgd, η = 2, cosine schedule, batches of 32, 30 epochs, seed 1”.</summary>
    public string Recipe =>
        $"{Loss}, {Optimizer}, η = {LearningRate}{(Momentum > 0 ? $", momentum {Momentum}" : "")}{(WeightDecay > 0 ? $", weight decay {WeightDecay}" : "")}, " +
        $"{Schedule} schedule, batches of {BatchSize}, {Epochs} epochs, seed {Seed}";

    private static string? Known(string? name, IReadOnlyList<string> known, string what)
    {
        if (name is null)
            return null;
        var found = known.FirstOrDefault(candidate => candidate.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase));
        return found ?? throw new FormatException(
            $"There is no {what} '{name}'. {(Guess(name.Trim(), known) is { } guess ? $"Did you mean '{guess}'? " : "")}Known are: {string.Join(", ", known)}.");
    }

    /// <summary>The name that is meant: by another name, misspelt, or cut short.</summary>
    private static string? Guess(string name, IReadOnlyList<string> known) =>
        synonyms.TryGetValue(name, out var other) && known.Contains(other) ? other
            : Text.Spelling.Nearest(name, known)
                ?? known.FirstOrDefault(candidate => name.Length > 1 && candidate.StartsWith(name, StringComparison.OrdinalIgnoreCase));
}

/// <summary>What was asked for on the command line; null where nothing was.</summary>
internal sealed record TrainRequest
{
    public required string Data { get; init; }
    public required string Network { get; init; }
    public string? Loss { get; init; }
    public string? Optimizer { get; init; }
    public double? LearningRate { get; init; }
    public double? Momentum { get; init; }
    public double? WeightDecay { get; init; }
    public string? Schedule { get; init; }
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
}
