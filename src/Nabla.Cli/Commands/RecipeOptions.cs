using System.CommandLine;

namespace Nabla.Cli;

/// <summary>What is trained and how a step is made: the options that <c>train</c> and <c>lr-find</c> share.</summary>
internal sealed class RecipeOptions
{
    private readonly Argument<string> data = CommonOptions.Data();
    private readonly Option<string> network = new("--network", "-n")
    {
        Description = $"A preset ({string.Join(", ", Preset.Names)}) or a list of layers: " +
            "\"dense 128, relu, dense 10\".",
        DefaultValueFactory = _ => Preset.Default,
        HelpName = "NAME|LAYERS",
    };
    private readonly Option<string?> loss = new("--loss")
    {
        Description = $"{string.Join(", ", Parse.LossNames)}, with its settings, if any: \"huber 0.5\", " +
            "\"softmax-cross-entropy smoothing 0.1\"." + DefaultOf(Preset.Classic.Loss),
        HelpName = "NAME",
    };
    private readonly Option<string?> optimizer = new("--optimizer")
    {
        Description = "sgd, adam, adamw, rmsprop or muon." + DefaultOf(Preset.Classic.Optimizer),
        HelpName = "NAME",
    };
    private readonly Option<double?> momentum = new("--momentum")
    {
        Description = "For sgd, rmsprop and muon: the share of the velocity that is kept, often 0.9.",
        HelpName = "μ",
    };
    private readonly Option<bool> nesterov = new("--nesterov")
    {
        Description = "For sgd with momentum: compute the gradient ahead (Nesterov).",
    };
    private readonly Option<double?> weightDecay = new("--weight-decay")
    {
        Description = "How strongly weights are pulled towards 0. Not for adam; use adamw.",
        HelpName = "λ",
    };
    private readonly Option<string?> classWeights = new("--class-weights")
    {
        Description = "balanced: a rare class counts as much as a frequent one. For softmax-cross-entropy.",
        HelpName = "balanced",
    };
    private readonly Option<string?> augment = new("--augment")
    {
        Description = $"Change images at random each time: {string.Join(", ", Parse.AugmentationPresets)}, none, " +
            "or a list, \"elastic 6 36, rotate 10, shift 2, cutout 8\".",
        HelpName = "NAME|LIST",
    };
    private readonly Option<int?> batch = new("--batch")
    {
        Description = "The number of examples in each step." + DefaultOf(Preset.Classic.BatchSize),
        HelpName = "B",
    };
    private readonly Option<ulong> seed = new("--seed", "-s")
    {
        Description = "The seed of everything random. The same seed gives the same model.",
        DefaultValueFactory = _ => 1,
        HelpName = "S",
    };
    private readonly Option<int?> threads = CommonOptions.Threads();
    private readonly Option<string?> folder = CommonOptions.DataFolder();
    private readonly Option<bool> json = CommonOptions.Json();

    /// <summary>Describes a default that comes from the recipe of the network.</summary>
    public static string DefaultOf(object classic) => FormattableString.Invariant(
        $" Default: the network's own; {Preset.Classic.Name}: {classic}.");

    /// <summary>
    /// Adds the options: those about a single step, then the command's own, then those not about training.
    /// </summary>
    public void AddTo(Command command, params IEnumerable<Option> own)
    {
        command.Add(data);
        Option[] step = [network, loss, optimizer, momentum, nesterov, weightDecay, classWeights, augment, batch];
        foreach (var option in (Option[])[.. step, .. own, seed, threads, folder, json])
            command.Add(option);
    }

    /// <summary>The values of the options.</summary>
    public TrainRequest Request(ParseResult parsed) => new()
    {
        Data = parsed.GetValue(data)!,
        Network = parsed.GetValue(network)!,
        Loss = parsed.GetValue(loss),
        Optimizer = parsed.GetValue(optimizer),
        Momentum = parsed.GetValue(momentum),
        Nesterov = parsed.GetValue(nesterov),
        WeightDecay = parsed.GetValue(weightDecay),
        ClassWeights = parsed.GetValue(classWeights),
        Augment = parsed.GetValue(augment),
        BatchSize = parsed.GetValue(batch),
        Seed = parsed.GetValue(seed),
        Threads = parsed.GetValue(threads),
        DataFolder = parsed.GetValue(folder),
        Json = parsed.GetValue(json),
    };
}
