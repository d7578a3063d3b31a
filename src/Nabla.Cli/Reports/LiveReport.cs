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

    public override void Step(TrainingProgress step)
    {
        if (progress is null || Stopwatch.GetElapsedTime(shown) < pause)
            return;
        task!.Value = (step.Epoch - 1 + (double)step.Step / step.Steps) / Epochs;
        task.Description = $"epoch {step.Epoch}/{Epochs}, step {step.Step}/{step.Steps}, loss {step.Loss:F4}";
        progress.Refresh();
        shown = Stopwatch.GetTimestamp();
    }
}
