using System.Text.Json.Nodes;
using Spectre.Console;

namespace Nabla.Cli;

/// <summary>The result of <c>lr-find</c>: a chart, the suggested rate, and the command that trains with it.</summary>
internal static class LearningRateReport
{
    public static void Write(
        LearningRateCurve curve, LearningRateFinder finder, TrainSettings settings, TrainRequest request,
        IAnsiConsole console)
    {
        console.Line(
            $"Learning rates for '{settings.NetworkName}' on {settings.Data}: {settings.Loss}, {settings.Optimizer}, " +
            $"batches of {settings.BatchSize}");
        console.Line();
        foreach (var line in LearningRateChart.Lines(curve, finder, console.Profile.Width))
            console.Line(line);
        console.Line();
        if (curve.Suggested is not { } suggested)
        {
            console.Line(curve.BlewUp
                ? "The loss hardly falls before it blows up. Try smaller rates: --from 1e-9."
                : "The loss hardly falls. Try larger rates with --to, more --steps, or look at the data.");
            return;
        }
        console.Labelled(
            "Suggested",
            $"{Figures.Rate(suggested)}, a tenth of the rate with the lowest " +
            $"loss{(suggested >= finder.From ? " (▲)" : "")}");
        if (curve.Steepest is { } steepest)
            console.Labelled("Steepest", $"{Figures.Rate(steepest)}, where the loss falls fastest (△)");
        console.Labelled("End", curve.BlewUp
            ? $"the loss blew up at {Figures.Rate(curve.Points[^1].Rate)}, in step {curve.Points.Count}"
            : $"the loss did not blow up before {Figures.Rate(curve.Points[^1].Rate)}, the largest rate");
        console.Line();
        console.Line("Next: train with it:");
        console.Line(
            $"  {Invocation.Command} train {Invocation.Quoted(settings.Data)}{Again(settings, request)} " +
            $"--learning-rate {Figures.Rate(suggested)}");
    }

    /// <summary>The options with which a training makes the same steps.</summary>
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

    public static void WriteJson(LearningRateCurve curve, TextWriter output)
    {
        foreach (var (rate, loss, smoothed) in curve.Points)
            output.WriteLine(new JsonObject
            {
                ["event"] = "point",
                ["learningRate"] = rate,
                ["loss"] = loss,
                ["smoothed"] = smoothed,
            }.ToJsonString());
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
