using System.Diagnostics;
using Spectre.Console;

namespace Nabla.Cli;

/// <summary>
/// The report for a terminal: the lines of <see cref="PlainReport"/>, and below them a bar that moves at most ten times
/// a second.
/// </summary>
internal sealed class LiveReport(IAnsiConsole console, string? dataFolder) : PlainReport(console, dataFolder)
{
    private static readonly TimeSpan pause = TimeSpan.FromMilliseconds(100);

    private ProgressContext? progress;
    private ProgressTask? task;
    private long shown;

    public override T Loading<T>(string name, Func<T> load)
    {
        T? result = default;
        Output.Status().Start($"Loading {Markup.Escape(name)} …", _ => result = load());
        return result!;
    }

    public override void WhileTraining(Action train) => Output.Progress()
        .AutoRefresh(false)
        .AutoClear(true)
        .Columns(
            new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 24 },
            new PercentageColumn(), new RemainingTimeColumn())
        .Start(context =>
        {
            progress = context;
            task = context.AddTask("starting", maxValue: 1);
            train();
            progress = null;
        });

    public override void Step(TrainingRun training)
    {
        if (progress is null || Stopwatch.GetElapsedTime(shown) < pause)
            return;
        task!.Value = (training.Epoch - 1 + (double)training.Step / training.StepsPerEpoch) / Epochs;
        task.Description =
            $"epoch {training.Epoch}/{Epochs}, step {training.Step}/{training.StepsPerEpoch}, " +
            $"loss {training.MeanCost:F4}";
        progress.Refresh();
        shown = Stopwatch.GetTimestamp();
    }
}
