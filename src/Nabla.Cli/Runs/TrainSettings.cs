using System.Text.Json.Nodes;
using Nabla.Data;

namespace Nabla.Cli;

/// <summary>
/// Everything that a training depends on: the options that were given, and the recipe's choice for the others.
/// </summary>
internal sealed record TrainSettings
{
    public required string Data { get; init; }
    public required string NetworkName { get; init; }
    public required string Layers { get; init; }
    public required string Loss { get; init; }
    public required string Optimizer { get; init; }
    public required double LearningRate { get; init; }
    public required double Momentum { get; init; }
    public required bool Nesterov { get; init; }
    public required double WeightDecay { get; init; }
    public required string Schedule { get; init; }
    public string? Clip { get; init; }
    public int? EarlyStopping { get; init; }
    public double? Ema { get; init; }
    public string? Augment { get; init; }
    public required int BatchSize { get; init; }
    public required int Epochs { get; init; }
    public required double Validation { get; init; }
    public required ulong Seed { get; init; }

    public static TrainSettings From(TrainRequest request, Dataset data)
    {
        var preset = Preset.Find(request.Network, data);
        var optimizer = SettingNames.Optimizer(request.Optimizer) ?? preset.Optimizer;
        var same = optimizer == preset.Optimizer;
        if (request.Momentum is not null && optimizer is ("adam" or "adamw"))
            throw new FormatException(
                $"--momentum is for the optimizers sgd, rmsprop and muon, but the optimizer is {optimizer}. " +
                "Leave one of them out.");
        var momentum = request.Momentum
            ?? (same ? preset.Momentum : optimizer == "muon" ? new Muon().Momentum : 0);
        if (request.Nesterov && (optimizer != "sgd" || momentum == 0))
            throw new FormatException(
                "--nesterov is for the optimizer sgd with a momentum: --optimizer sgd --momentum 0.9.");
        if (request.WeightDecay is not null && optimizer == "adam")
            throw new FormatException(
                "--weight-decay does not work with the optimizer adam, which would scale it away. Use adamw.");
        if (request.Epochs == 0)
            throw new FormatException("--epochs is 0, but at least 1 is needed to learn anything.");
        var settings = new TrainSettings
        {
            Data = request.Data,
            NetworkName = preset.Name,
            Layers = preset.Layers,
            Loss = SettingNames.Weighted(SettingNames.Loss(request.Loss) ?? preset.Loss, request.ClassWeights, data),
            Optimizer = optimizer,
            LearningRate = request.LearningRate ?? (same ? preset.LearningRate : UsualRate(optimizer)),
            Momentum = momentum,
            Nesterov = request.Nesterov,
            WeightDecay = request.WeightDecay ?? (optimizer is "adamw" or "muon" ? preset.WeightDecay : 0),
            Schedule = Parse.Schedule(request.Schedule ?? preset.Schedule).Name,
            Clip = request.Clip is { } clip ? ClipText.Parse(clip).ToString() : null,
            EarlyStopping = request.EarlyStopping,
            Ema = request.Ema,
            Augment = SettingNames.Augmentation(request.Augment ?? preset.Augment),
            BatchSize = request.BatchSize ?? preset.BatchSize,
            Epochs = request.Epochs ?? preset.Epochs,
            Validation = request.Validation,
            Seed = request.Seed,
        };
        if (settings.LearningRate * settings.WeightDecay >= 1)
            throw new FormatException(
                $"--learning-rate {settings.LearningRate} times --weight-decay {settings.WeightDecay} is 1 or more: " +
                "one step would shrink the weights to 0 or beyond. Make one of them smaller.");
        return settings;
    }

    public Optimizer MakeOptimizer() => Optimizer switch
    {
        "sgd" => new Sgd(LearningRate) { Momentum = Momentum, Nesterov = Nesterov, WeightDecay = WeightDecay },
        "adam" => new Adam(LearningRate),
        "rmsprop" => new RmsProp(LearningRate) { Momentum = Momentum, WeightDecay = WeightDecay },
        "muon" => new Muon(LearningRate, WeightDecay) { Momentum = Momentum },
        _ => new AdamW(LearningRate, WeightDecay),
    };

    /// <summary>The options of the training. The run itself keeps the best network beside the last one.</summary>
    public TrainingOptions MakeOptions(Dataset? validation, Action<TrainingRun>? onStep = null) => new()
    {
        Epochs = Epochs,
        BatchSize = BatchSize,
        Seed = Seed,
        Schedule = Parse.Schedule(Schedule),
        Clipping = Clip is null ? null : ClipText.Parse(Clip),
        AverageDecay = Ema,
        Augmentation = Augment is null ? null : Parse.Augmentation(Augment),
        EarlyStopping = EarlyStopping is not { } patience ? null : new()
        {
            Patience = patience,
            Metric = validation is { HasClasses: true }
                ? EarlyStoppingMetric.ValidationAccuracy
                : EarlyStoppingMetric.ValidationLoss,
            RestoresBest = false,
        },
        Validation = validation,
        OnStep = onStep,
    };

    /// <summary>The settings by name, for the files of a run and the output of the command.</summary>
    public JsonObject ToJson()
    {
        var settings = new JsonObject
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
        if (Nesterov)
            settings["nesterov"] = true;
        if (Clip is not null)
            settings["clip"] = Clip;
        if (EarlyStopping is not null)
            settings["earlyStopping"] = EarlyStopping;
        if (Ema is not null)
            settings["ema"] = Ema;
        if (Augment is not null)
            settings["augment"] = Augment;
        return settings;
    }

    /// <summary>The recipe in one line: “sgd, η = 2, cosine schedule, batches of 32, 30 epochs, seed 1”.</summary>
    public string Recipe =>
        $"{Loss}, {Optimizer}, η = {LearningRate}" +
        $"{(Momentum > 0 ? $", {(Nesterov ? "nesterov " : "")}momentum {Momentum}" : "")}" +
        $"{(WeightDecay > 0 ? $", weight decay {WeightDecay}" : "")}, {Schedule} schedule" +
        $"{(Clip is null ? "" : $", gradients clipped to {Clip}")}" +
        $"{(Ema is null ? "" : $", weights averaged with {Ema}")}" +
        $"{(Augment is null ? "" : $", images changed by {Augment}")}, " +
        $"batches of {BatchSize}, {Figures.Count(Epochs, "epoch")}" +
        $"{(EarlyStopping is null ? "" : $" at most, patience {EarlyStopping}")}, seed {Seed}";

    /// <summary>The learning rate of an optimiser that the preset does not use.</summary>
    private static double UsualRate(string optimizer) => optimizer switch { "sgd" => 0.1, "muon" => 0.005, _ => 0.001 };
}
