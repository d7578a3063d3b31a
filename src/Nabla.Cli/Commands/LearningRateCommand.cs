using System.CommandLine;
using Nabla.Data;

namespace Nabla.Cli;

/// <summary>
/// <c>nabla lr-find [DATA]</c>: tries learning rates from tiny to huge and shows where the loss falls.
/// </summary>
internal static class LearningRateCommand
{
    public static Command Create()
    {
        var recipe = new RecipeOptions();
        var usual = new LearningRateFinder();
        var from = new Option<double>("--from")
        {
            Description = "The smallest rate to try.",
            DefaultValueFactory = _ => usual.From,
            HelpName = "η",
        };
        var to = new Option<double>("--to")
        {
            Description = "The largest rate to try.",
            DefaultValueFactory = _ => usual.To,
            HelpName = "η",
        };
        var steps = new Option<int>("--steps")
        {
            Description = "The number of rates to try, one in each step.",
            DefaultValueFactory = _ => usual.Steps,
            HelpName = "N",
        };
        var command = new Command(
            "lr-find", "Finds a learning rate: tries rates from tiny to huge and shows where the loss falls.");
        recipe.AddTo(command, from, to, steps);
        command.SetAction((parsed, cancel) =>
        {
            var finder = new LearningRateFinder
            {
                From = parsed.GetValue(from),
                To = parsed.GetValue(to),
                Steps = parsed.GetValue(steps),
            };
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
        var network = new Network(data.Shape, Parse.Layers(settings.Layers), settings.Seed);
        finder = finder with
        {
            BatchSize = settings.BatchSize,
            Seed = settings.Seed,
            Augmentation = settings.MakeOptions(validation: null).Augmentation,
        };
        var curve = finder.Run(network, Parse.Loss(settings.Loss), settings.MakeOptimizer(), data, cancel);
        if (request.Json)
            LearningRateReport.WriteJson(curve, Console.Out);
        else
            LearningRateReport.Write(curve, finder, settings, request, TextOutput.Console());
    }
}
