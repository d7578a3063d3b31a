using System.Text.Json.Nodes;
using Nabla.Data;
using Nabla.Doctor;

namespace Nabla.Cli;

/// <summary><c>train --json</c>: one object per line on standard output, and nothing else there.</summary>
internal sealed class JsonReport(TextWriter output) : TrainReport
{
    public override void Started(
        TrainSettings settings, Network network, Dataset train, Dataset? validation, Dataset test, RunFolder folder)
    {
        var start = new JsonObject { ["event"] = "start", ["parameters"] = network.Parameters.Count };
        foreach (var (name, value) in settings.ToJson())
            start[name] = value?.DeepClone();
        start["examples"] = train.Count;
        start["validationExamples"] = validation?.Count ?? 0;
        start["testExamples"] = test.Count;
        start["threads"] = Compute.Threads;
        start["instructionSet"] = Compute.InstructionSet;
        start["out"] = folder.Shown;
        Write(start);
    }

    public override void Epoch(Epoch epoch, bool isBest)
    {
        var line = new JsonObject
        {
            ["event"] = "epoch",
            ["epoch"] = epoch.Number,
            ["seconds"] = Math.Round(epoch.Seconds, 6),
            ["trainLoss"] = InspectJson.Number(epoch.TrainLoss),
            ["validationLoss"] = epoch.Validation is { } v ? InspectJson.Number(v.Loss) : null,
            ["validationAccuracy"] = epoch.Validation?.Accuracy,
            ["learningRate"] = epoch.LearningRate,
            ["best"] = isBest,
        };
        if (epoch.Gradients is (var mean, var largest, var clipped))
            (line["gradientMean"], line["gradientLargest"], line["gradientsClipped"]) = (mean, largest, clipped);
        Write(line);
    }

    public override void Finding(Finding finding) => Write(FindingReport.Json(finding));

    public override void Finished(RunRecord run, Evaluation result, Network network, Loss loss, Dataset test)
    {
        var end = EvaluationEnd(result, run.Folder.Best);
        end["seconds"] = Math.Round(run.Seconds, 6);
        end["bestEpoch"] = run.BestEpoch;
        end["epochs"] = run.Epochs.Count;
        Write(end);
    }

    public override void Resumed(Checkpoint from, RunRecord run) =>
        Write(new()
        {
            ["event"] = "resume",
            ["epochs"] = run.Epochs.Count,
            ["epoch"] = from.Epoch,
            ["steps"] = from.Step,
        });

    public override void Interrupted(RunRecord run, string resume) =>
        Write(new()
        {
            ["event"] = "interrupted",
            ["epochs"] = run.Epochs.Count,
            ["model"] = run.Folder.Last,
            ["resume"] = resume,
        });

    /// <summary>The last line of <c>train</c> and of <c>evaluate</c>.</summary>
    public static JsonObject EvaluationEnd(Evaluation result, string model) => new()
    {
        ["event"] = "end",
        ["testAccuracy"] = result.Accuracy,
        ["testLoss"] = InspectJson.Number(result.Loss),
        ["testExamples"] = result.Count,
        ["model"] = model,
    };

    private void Write(JsonObject line) => output.WriteLine(line.ToJsonString());
}
