using System.CommandLine;
using System.Text.Json.Nodes;
using Nabla.Data;
using Spectre.Console;

namespace Nabla.Cli;

/// <summary><c>nabla lr-find [DATA]</c>: tries learning rates from tiny to huge, and shows where the loss falls.</summary>
internal static class LearningRateCommand
{
    public static Command Create()
    {
        var recipe = new RecipeOptions();
        var usual = new LearningRateFinder();
        var from = new Option<double>("--from") { Description = "The smallest rate to try.", DefaultValueFactory = _ => usual.From, HelpName = "η" };
        var to = new Option<double>("--to") { Description = "The largest rate to try.", DefaultValueFactory = _ => usual.To, HelpName = "η" };
        var steps = new Option<int>("--steps") { Description = "How many rates to try, one in each step.", DefaultValueFactory = _ => usual.Steps, HelpName = "N" };
        var command = new Command("lr-find", "Finds a learning rate: tries some from tiny to huge, and shows where the loss falls.");
        recipe.AddTo(command, from, to, steps);
        command.SetAction((parsed, cancel) =>
        {
            var finder = new LearningRateFinder { From = parsed.GetValue(from), To = parsed.GetValue(to), Steps = parsed.GetValue(steps) };
            Run(recipe.Request(parsed), finder, cancel);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static void Run(TrainRequest request, LearningRateFinder finder, CancellationToken cancel)
    {
        if (request.Threads is { } threads)
            Compute.Threads = threads;
        var (data, _) = DataSource.Open(request.Data, new() { Folder = request.DataFolder }, cancel);
        var settings = TrainSettings.From(request, data);
        var network = new Network(data.Shape, LayerList.Parse(settings.Layers), settings.Seed);
        finder = finder with { BatchSize = settings.BatchSize, Seed = settings.Seed, Augmentation = settings.MakeOptions(validation: null).Augmentation };
        var curve = finder.Run(network, LossList.Parse(settings.Loss), settings.MakeOptimizer(), data, cancel);
        if (request.Json)
            WriteJson(curve, Console.Out);
        else
            Write(curve, finder, settings, request, TextOutput.Console());
    }

    internal static void Write(LearningRateCurve curve, LearningRateFinder finder, TrainSettings settings, TrainRequest request, IAnsiConsole console)
    {
        console.Line($"Learning rates for '{settings.NetworkName}' on {settings.Data}: {settings.Loss}, {settings.Optimizer}, batches of {settings.BatchSize}");
        console.Line();
        foreach (var line in LearningRateChart.Lines(curve, finder, console.Profile.Width))
            console.Line(line);
        console.Line();
        if (curve.Suggested is not { } suggested)
        {
            console.Line($"The loss hardly falls{(curve.BlewUp ? " before it blows up. Try smaller rates: --from 1e-9" : ". Try larger rates with --to, more --steps, or look at the data")}.");
            return;
        }
        console.Labelled("Suggested", $"{Figures.Rate(suggested)}, a tenth of the rate at which the loss was lowest{(suggested >= finder.From ? " (▲)" : "")}");
        if (curve.Steepest is { } steepest)
            console.Labelled("Steepest", $"{Figures.Rate(steepest)}, where the loss falls most steeply (△)");
        console.Labelled("End", curve.BlewUp
            ? $"the loss blew up at {Figures.Rate(curve.Points[^1].Rate)}, in step {curve.Points.Count}"
            : $"the loss did not blow up, up to {Figures.Rate(curve.Points[^1].Rate)}");
        console.Line();
        console.Line("Next: train with it:");
        console.Line($"  {Invocation.Command} train {Invocation.Quoted(settings.Data)}{Again(settings, request)} --learning-rate {Figures.Rate(suggested)}");
    }

    /// <summary>The options that a training needs for the same steps.</summary>
    private static string Again(TrainSettings settings, TrainRequest request) =>
        (request.Network == Preset.Default ? "" : $" --network {Invocation.Quoted(request.Network)}") +
        (request.Loss is null ? "" : $" --loss {Invocation.Quoted(request.Loss)}") +
        (request.ClassWeights is null ? "" : $" --class-weights {request.ClassWeights}") +
        (request.Augment is null ? "" : $" --augment {Invocation.Quoted(request.Augment)}") +
        (request.Optimizer is null ? "" : $" --optimizer {settings.Optimizer}") +
        (request.Momentum is null ? "" : FormattableString.Invariant($" --momentum {settings.Momentum}")) +
        (request.Nesterov ? " --nesterov" : "") +
        (request.WeightDecay is null ? "" : FormattableString.Invariant($" --weight-decay {settings.WeightDecay}")) +
        (request.BatchSize is null ? "" : $" --batch {settings.BatchSize}") +
        Invocation.DataOption(request.DataFolder);

    private static void WriteJson(LearningRateCurve curve, TextWriter output)
    {
        foreach (var (rate, loss, smoothed) in curve.Points)
            output.WriteLine(new JsonObject { ["event"] = "point", ["learningRate"] = rate, ["loss"] = loss, ["smoothed"] = smoothed }.ToJsonString());
        output.WriteLine(new JsonObject
        {
            ["event"] = "end",
            ["suggested"] = curve.Suggested,
            ["steepest"] = curve.Steepest,
            ["blewUp"] = curve.BlewUp,
            ["steps"] = curve.Points.Count,
        }.ToJsonString());
    }
}
