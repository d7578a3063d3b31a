using Nabla.Data;
using Nabla.Losses;
using Nabla.Training;
using Spectre.Console;

namespace Nabla.Cli;

/// <summary>For a log file: one plain line an epoch. Also the part of the terminal's report that stays on the screen.</summary>
internal class PlainReport(IAnsiConsole console) : TrainReport
{
    protected IAnsiConsole Output => console;

    protected int Epochs { get; private set; }

    public override void Started(TrainSettings settings, Network network, Dataset train, Dataset? validation, Dataset test, RunFolder folder)
    {
        Epochs = settings.Epochs;
        console.WriteLine($"Training '{settings.NetworkName}' on {settings.Data}");
        console.WriteLine();
        console.Write(Tables.Layers(network));
        console.WriteLine();
        console.WriteLine($"Data      {train.Count:N0} examples to learn from, {(validation is null ? "none" : $"{validation.Count:N0}")} to validate with, {test.Count:N0} to test with");
        console.WriteLine($"Recipe    {settings.Recipe}");
        if (settings.BatchSize > train.Count)
            console.WriteLine($"Warning   a batch of {settings.BatchSize} is larger than the data; every step uses all {train.Count} examples");
        console.WriteLine($"Machine   {Compute.Threads} {(Compute.Threads == 1 ? "thread" : "threads")}, {Compute.InstructionSet}");
        console.WriteLine($"Run       {folder.Shown}");
        console.WriteLine();
    }

    public override void Epoch(Epoch epoch, bool isBest) => console.WriteLine(
        $"epoch {epoch.Number.ToString().PadLeft(Epochs.ToString().Length)}/{Epochs}  loss {epoch.TrainLoss:F4}" +
        (epoch.Validation is { } v ? $"  validation loss {v.Loss:F4}" : "") +
        (epoch.Validation?.Accuracy is { } accuracy ? $"  accuracy {Figures.Percent(accuracy)}" : "") +
        $"  {Figures.Seconds(epoch.Seconds)}{(isBest && epoch.Validation is not null ? "  best so far" : "")}");

    public override void Finished(RunRecord run, Evaluation result, Network network, Loss loss, Dataset test)
    {
        console.WriteLine();
        console.WriteLine($"Trained in {Figures.Seconds(run.Seconds)}. On the {result.Count:N0} examples of the test set, never seen before: {Figures.Of(result)}");
        console.WriteLine();
        EvaluationReport.Write(console, result, test);
        console.WriteLine($"Saved     {run.Folder.Best} (epoch {run.BestEpoch}), {Path.GetFileName(run.Folder.Last)}, metrics.csv, config.json");
        console.WriteLine($"Next      {Invocation.Command} inspect {run.Folder.Best} --example 0 --weight 1,0,400");
        console.WriteLine("          shows how one weight learns: the chain rule with its numbers");
    }

    public override void Interrupted(RunRecord run, RunFolder folder)
    {
        console.WriteLine();
        console.WriteLine($"Interrupted after {run.Epochs.Count} of {Epochs} epochs. What was learned is saved in {folder.Shown}.");
        console.WriteLine($"Next      {Invocation.Command} evaluate {folder.Last}");
    }
}
