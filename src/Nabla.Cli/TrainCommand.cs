using System.CommandLine;

namespace Nabla.Cli;

/// <summary><c>nabla train [DATA]</c>: trains a network, saves it, and shows how good it has become.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var network = new Option<string>("--network", "-n")
        {
            Description = $"A preset ({string.Join(", ", Preset.Names)}) or a list of layers: \"dense 128, relu, dense 10\".",
            DefaultValueFactory = _ => Preset.Default,
            HelpName = "NAME|LAYERS",
        };
        var loss = new Option<string?>("--loss") { Description = "squared-error, softmax-cross-entropy or sigmoid-cross-entropy." + Own(Preset.Classic.Loss), HelpName = "NAME" };
        var optimizer = new Option<string?>("--optimizer") { Description = "sgd, adam or adamw." + Own(Preset.Classic.Optimizer), HelpName = "NAME" };
        var learningRate = new Option<double?>("--learning-rate", "--lr") { Description = "η, how far each step goes." + Own(Preset.Classic.LearningRate), HelpName = "η" };
        var momentum = new Option<double?>("--momentum") { Description = "For sgd: the share of the velocity that is kept, often 0.9.", HelpName = "μ" };
        var weightDecay = new Option<double?>("--weight-decay") { Description = "For sgd and adamw: how strongly weights are pulled towards 0.", HelpName = "λ" };
        var schedule = new Option<string?>("--schedule") { Description = "How the learning rate changes: constant or cosine." + Own(Preset.Classic.Schedule), HelpName = "NAME" };
        var batch = new Option<int?>("--batch") { Description = "Examples that each step learns from." + Own(Preset.Classic.BatchSize), HelpName = "B" };
        var epochs = new Option<int?>("--epochs", "-e") { Description = "How many times to go through the data." + Own(Preset.Classic.Epochs), HelpName = "N" };
        var validation = new Option<double>("--validation")
        {
            Description = "The share of the data that is kept apart to choose the best epoch by.",
            DefaultValueFactory = _ => 0.1,
            HelpName = "SHARE",
        };
        var seed = new Option<ulong>("--seed", "-s") { Description = "The seed of all that is random. The same seed gives the same model.", DefaultValueFactory = _ => 1, HelpName = "S" };
        var threads = CommonOptions.Threads();
        var folder = CommonOptions.DataFolder();
        var output = new Option<string?>("--out", "-o") { Description = "The folder for the run; a new one under runs/ if not given.", HelpName = "DIR" };
        var json = CommonOptions.Json();
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print only where the model is." };
        var noDoctor = new Option<bool>("--no-doctor") { Description = "Do not watch the training for what commonly goes wrong." };

        var command = new Command("train", "Trains a network, saves it, and shows how good it has become.")
        {
            data, network, loss, optimizer, learningRate, momentum, weightDecay, schedule, batch, epochs, validation, seed, threads, folder, output, json, quiet, noDoctor,
        };
        command.SetAction((parsed, cancel) => Task.FromResult(TrainRun.Start(
            new()
            {
                Data = parsed.GetValue(data)!,
                Network = parsed.GetValue(network)!,
                Loss = parsed.GetValue(loss),
                Optimizer = parsed.GetValue(optimizer),
                LearningRate = parsed.GetValue(learningRate),
                Momentum = parsed.GetValue(momentum),
                WeightDecay = parsed.GetValue(weightDecay),
                Schedule = parsed.GetValue(schedule),
                BatchSize = parsed.GetValue(batch),
                Epochs = parsed.GetValue(epochs),
                Validation = parsed.GetValue(validation),
                Seed = parsed.GetValue(seed),
                Threads = parsed.GetValue(threads),
                DataFolder = parsed.GetValue(folder),
                Out = parsed.GetValue(output),
                Json = parsed.GetValue(json),
                Quiet = parsed.GetValue(quiet),
                NoDoctor = parsed.GetValue(noDoctor),
            },
            cancel)));
        return command;
    }

    /// <summary>Where the default comes from: the recipe of the network.</summary>
    private static string Own(object classic) => FormattableString.Invariant($" Default: the network's own; {Preset.Classic.Name}: {classic}.");
}
