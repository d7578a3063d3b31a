using Nabla.Data;
using Nabla.Doctor;
using Spectre.Console;

namespace Nabla.Cli;

/// <summary>
/// The report for a log file: one plain line per epoch. At a terminal, these lines stay on the screen.
/// </summary>
internal class PlainReport(IAnsiConsole console, string? dataFolder) : TrainReport
{
    protected IAnsiConsole Output => console;

    protected int Epochs { get; private set; }

    public override void Started(
        TrainSettings settings, Network network, Dataset train, Dataset? validation, Dataset test, RunFolder folder)
    {
        Epochs = settings.Epochs;
        console.Line($"Training '{settings.NetworkName}' on {settings.Data}");
        console.Line();
        console.Write(Tables.Layers(network));
        console.Line();
        console.Labelled(
            "Data",
            $"{train.Count:N0} examples to train with, {(validation is null ? "none" : $"{validation.Count:N0}")} to " +
            $"validate with, {test.Count:N0} to test with");
        console.Labelled("Recipe", settings.Recipe);
        if (settings.BatchSize > train.Count)
            console.Labelled(
                "Warning",
                $"a batch of {settings.BatchSize:N0} is larger than the data, so every step uses all " +
                $"{train.Count:N0} examples");
        console.Labelled("Machine", $"{Figures.Count(Compute.Threads, "thread")}, {Compute.InstructionSet}");
        console.Labelled("Run", folder.Shown);
        console.Line();
    }

    public override void Epoch(Epoch epoch, bool isBest) => console.WriteLine(
        $"epoch {epoch.Number.ToString().PadLeft(Epochs.ToString().Length)}/{Epochs}  loss {epoch.TrainLoss:F4}" +
        (epoch.Validation is { } v ? $"  validation {v.Loss:F4}" : "") +
        (epoch.Validation?.Accuracy is { } accuracy ? $"  accuracy {Figures.Percent(accuracy)}" : "") +
        (epoch.Gradients is { } g ? $"  gradient {g.Mean:G3}, {g.Clipped:P0} clipped" : "") +
        $"  {Figures.Seconds(epoch.Seconds)}{(isBest && epoch.Validation is not null ? "  best" : "")}");

    public override void Finding(Finding finding) => FindingReport.Write(console, finding);

    public override void Finished(RunRecord run, Evaluation result, Network network, Loss loss, Dataset test)
    {
        console.Line();
        if (run.Epochs.Count < Epochs)
            console.Line(
                $"Stopped after {Figures.Count(run.Epochs.Count, "epoch")} of {Epochs}: no improvement on the " +
                "validation examples for a while.");
        console.Line($"Trained in {Figures.Seconds(run.Seconds)}.");
        console.Line($"On the {result.Count:N0} test examples, never seen before: {Figures.Of(result)}");
        console.Line();
        EvaluationReport.Write(console, result, test);
        console.Labelled(
            "Saved",
            $"{run.Folder.Best}, of epoch {run.BestEpoch}; beside it {Path.GetFileName(run.Folder.Last)}, " +
            "metrics.csv, config.json and the checkpoint to resume from");
        console.Line();
        var weight = SampleWeight.Of(network, loss, test);
        console.Line(weight is null
            ? "Next: see what it computes for an example, layer by layer:"
            : "Next: see how one of its weights learns, by the chain rule with its numbers:");
        console.Line(
            $"  {Invocation.Command} inspect {Invocation.Quoted(run.Folder.Best)}{Invocation.DataOption(dataFolder)} " +
            $"--example 0{(weight is null ? "" : $" --weight {weight}")}");
    }

    public override void Resumed(Checkpoint from, RunRecord run)
    {
        var done = Figures.Count(run.Epochs.Count, "epoch");
        if (run.Epochs.Count >= Epochs)
        {
            console.Line($"This run is finished: {done} of {Epochs}. To train more, give a larger --epochs.");
            return;
        }
        var steps = from.Step > 0 ? $" and {Figures.Count(from.Step, "step")} of the next" : "";
        console.Line($"Resuming after {done}{steps}.");
        console.Line();
    }

    public override void Interrupted(RunRecord run, string resume)
    {
        console.Line();
        console.Line(
            $"Interrupted after {run.Epochs.Count} of {Figures.Count(Epochs, "epoch")}. What was learned is saved in " +
            $"{run.Folder.Shown}.");
        console.Line("Next: resume exactly where it stopped:");
        console.Line($"  {resume}");
        console.Line("Or see how good it is already:");
        console.Line(
            $"  {Invocation.Command} evaluate {Invocation.Quoted(run.Folder.Last)}{Invocation.DataOption(dataFolder)}");
    }
}
