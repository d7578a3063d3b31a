using System.CommandLine;
using Nabla.Data;
using Nabla.Files;
using Nabla.Training;

namespace Nabla.Cli;

/// <summary><c>nabla evaluate MODEL [DATA]</c>: how good a saved network is on a test set.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var model = CommonOptions.Model();
        var data = CommonOptions.Data(fallback: null);
        data.Description += " What the model was trained on if not given.";
        var folder = CommonOptions.DataFolder();
        var threads = CommonOptions.Threads();
        var json = CommonOptions.Json();
        var command = new Command("evaluate", "Shows how good a saved network is on a test set.") { model, data, folder, threads, json };
        command.SetAction((parsed, cancel) =>
        {
            if (parsed.GetValue(threads) is { } count)
                Compute.Threads = count;
            Run(parsed.GetValue(model)!, parsed.GetValue(data)!, parsed.GetValue(folder), parsed.GetValue(json), cancel);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static void Run(string path, string dataName, string? folder, bool json, CancellationToken cancel)
    {
        path = ModelFile.Find(path);
        var model = Model.Load(path);
        if (dataName.Length == 0)
            dataName = model.Training.GetValueOrDefault("data") ?? "digits";
        var test = DataSource.OpenTest(dataName, new() { Folder = folder }, cancel);
        var result = Evaluation.Of(model.Network, model.Loss, test);
        if (json)
        {
            Console.WriteLine(JsonReport.EvaluationEnd(result, path).ToJsonString());
            return;
        }
        var console = TextOutput.Console();
        console.Line($"{path} on the {result.Count:N0} examples of {dataName}'s test set: {Figures.Of(result)}");
        console.Line();
        EvaluationReport.Write(console, result, test);
    }
}
