using System.Text.Json.Nodes;
using Nabla.Data;

namespace Nabla.Cli;

/// <summary>Everything that a training depends on: what was asked for, and the recipe's choice where nothing was.</summary>
internal sealed record TrainSettings
{
    private static readonly string[] optimizers = ["sgd", "adam", "adamw", "rmsprop", "muon"];

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
        var optimizer = KnownOptimizer(request.Optimizer) ?? preset.Optimizer;
        var same = optimizer == preset.Optimizer;
        if (request.Momentum is not null && optimizer is ("adam" or "adamw"))
            throw new FormatException($"--momentum belongs to the optimizers sgd, rmsprop and muon, but the optimizer is {optimizer}. Leave one of them out.");
        var momentum = request.Momentum ?? (same ? preset.Momentum : optimizer == "muon" ? new Muon().Momentum : 0);
        if (request.Nesterov && (optimizer != "sgd" || momentum == 0))
            throw new FormatException("--nesterov belongs to the optimizer sgd with a momentum: --optimizer sgd --momentum 0.9.");
        if (request.WeightDecay is not null && optimizer == "adam")
            throw new FormatException("--weight-decay does not go with the optimizer adam, which would scale it away. Use adamw.");
        if (request.Epochs == 0)
            throw new FormatException("--epochs is 0, but at least 1 is needed to learn anything.");
        var settings = new TrainSettings
        {
            Data = request.Data,
            NetworkName = preset.Name,
            Layers = preset.Layers,
            Loss = Weighted(KnownLoss(request.Loss) ?? preset.Loss, request.ClassWeights, data),
            Optimizer = optimizer,
            LearningRate = request.LearningRate ?? (same ? preset.LearningRate : optimizer switch { "sgd" => 0.1, "muon" => 0.005, _ => 0.001 }),
            Momentum = momentum,
            Nesterov = request.Nesterov,
            WeightDecay = request.WeightDecay ?? (optimizer is "adamw" or "muon" ? preset.WeightDecay : 0),
            Schedule = Nabla.Schedule.Parse(request.Schedule ?? preset.Schedule).Name,
            Clip = request.Clip is { } clip ? GradientClipping.Parse(clip).ToString() : null,
            EarlyStopping = request.EarlyStopping,
            Ema = request.Ema,
            Augment = Augmentation(request.Augment ?? preset.Augment),
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

    /// <summary>The name of an optimiser as it is written here; null for none.</summary>
    /// <exception cref="FormatException">There is none of this name.</exception>
    public static string? KnownOptimizer(string? name) => Known(name, optimizers, "optimizer");

    public Optimizer MakeOptimizer() => Optimizer switch
    {
        "sgd" => new Sgd(LearningRate) { Momentum = Momentum, Nesterov = Nesterov, WeightDecay = WeightDecay },
        "adam" => new Adam(LearningRate),
        "rmsprop" => new RmsProp(LearningRate) { Momentum = Momentum, WeightDecay = WeightDecay },
        "muon" => new Muon(LearningRate, WeightDecay) { Momentum = Momentum },
        _ => new AdamW(LearningRate, WeightDecay),
    };

    /// <summary>How to train. The run keeps the best network itself, beside the last one.</summary>
    public TrainingOptions MakeOptions(Dataset? validation, Action<TrainingProgress>? onStep = null) => new()
    {
        Epochs = Epochs,
        BatchSize = BatchSize,
        Seed = Seed,
        Schedule = Nabla.Schedule.Parse(Schedule),
        Clipping = Clip is null ? null : GradientClipping.Parse(Clip),
        AverageDecay = Ema,
        Augmentation = Augment is null ? null : Nabla.Data.Augmentation.Parse(Augment),
        EarlyStopping = EarlyStopping is not { } patience ? null : new()
        {
            Patience = patience,
            Metric = validation is { HasClasses: true } ? EarlyStoppingMetric.ValidationAccuracy : EarlyStoppingMetric.ValidationLoss,
            RestoresBest = false,
        },
        Validation = validation,
        OnStep = onStep,
    };

    /// <summary>The settings by name, for the files of a run and the command's output.</summary>
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
        $"{Loss}, {Optimizer}, η = {LearningRate}{(Momentum > 0 ? $", {(Nesterov ? "nesterov " : "")}momentum {Momentum}" : "")}" +
        $"{(WeightDecay > 0 ? $", weight decay {WeightDecay}" : "")}, " +
        $"{Schedule} schedule{(Clip is null ? "" : $", gradients clipped to {Clip}")}{(Ema is null ? "" : $", weights averaged with {Ema}")}{(Augment is null ? "" : $", images changed by {Augment}")}, " +
        $"batches of {BatchSize}, {Epochs} epochs{(EarlyStopping is null ? "" : $" at most, patience {EarlyStopping}")}, seed {Seed}";

    /// <summary>The loss with its settings, as it stands in files: “huber 0.5”.</summary>
    private static string? KnownLoss(string? text)
    {
        if (text is null)
            return null;
        var name = text.Trim().Split(' ')[0];
        return LossList.Parse(Known(name, LossList.Names, "loss") + text.Trim()[name.Length..]).Description;
    }

    /// <summary>The loss with weights that make up for how often each class comes, if that is asked for.</summary>
    private static string Weighted(string loss, string? weights, Dataset data) => (weights?.Trim(), LossList.Parse(loss)) switch
    {
        (null, _) => loss,
        ("balanced", SoftmaxCrossEntropy { ClassWeights.Count: > 0 }) => throw new FormatException($"--class-weights balanced and the weights in --loss \"{loss}\" contradict each other. Leave one of them out."),
        ("balanced", SoftmaxCrossEntropy plain) when data.HasClasses => new SoftmaxCrossEntropy { Smoothing = plain.Smoothing, ClassWeights = Nabla.Data.ClassWeights.Balanced(data) }.Description,
        ("balanced", _) => throw new FormatException($"--class-weights belongs to the loss softmax-cross-entropy and data with classes, but the loss is {loss}. Leave one of them out."),
        _ => throw new FormatException($"--class-weights is '{weights}', but 'balanced' is expected. Other weights stand with the loss: --loss \"softmax-cross-entropy weights 1 2 0.5\"."),
    };

    /// <summary>The list of an augmentation, spelt out; null for none.</summary>
    private static string? Augmentation(string? text) => text is null || text.Trim().Equals("none", StringComparison.OrdinalIgnoreCase)
        ? null
        : Nabla.Data.Augmentation.Parse(text).Description;

    private static string? Known(string? name, IReadOnlyList<string> known, string what)
    {
        if (name is null)
            return null;
        var found = known.FirstOrDefault(candidate => candidate.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase));
        return found ?? throw new FormatException(
            $"There is no {what} '{Excerpt.Of(name)}'. {(Guess(name.Trim(), known) is { } guess ? $"Did you mean '{guess}'? " : "")}Known are: {string.Join(", ", known)}.");
    }

    /// <summary>The name that is meant: by another name, misspelt, or cut short.</summary>
    private static string? Guess(string name, IReadOnlyList<string> known) =>
        synonyms.TryGetValue(name, out var other) && known.Contains(other) ? other
            : Spelling.Nearest(name, known)
                ?? known.FirstOrDefault(candidate => name.Length > 1 && candidate.StartsWith(name, StringComparison.OrdinalIgnoreCase));
}
