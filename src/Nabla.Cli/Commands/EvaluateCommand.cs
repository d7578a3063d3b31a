using System.CommandLine;
using Nabla.Data;

namespace Nabla.Cli;

/// <summary><c>nabla evaluate MODEL [DATA]</c>: measures a saved network on a test set.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var model = CommonOptions.Model();
        var data = CommonOptions.Data(fallback: null);
        data.Description += " If not given, the data the model was trained on.";
        var folder = CommonOptions.DataFolder();
        var classes = new Option<bool>("--classes") { Description = "Show precision, recall and F1 of each class." };
        var calibration = new Option<bool>("--calibration")
        {
            Description = "Show how often it is right at each level of confidence.",
        };
        var worst = new Option<int>("--worst")
        {
            Description = "Show the K examples with the highest losses.",
            HelpName = "K",
        };
        var threads = CommonOptions.Threads();
        var json = CommonOptions.Json();
        var command = new Command("evaluate", "Measures a saved network on a test set.")
        {
            model, data, folder, classes, calibration, worst, threads, json,
        };
        command.SetAction((parsed, cancel) =>
        {
            if (parsed.GetValue(threads) is { } count)
                Compute.Threads = count;
            Run(
                new()
                {
                    Model = parsed.GetValue(model)!,
                    Data = parsed.GetValue(data)!,
                    DataFolder = parsed.GetValue(folder),
                    Classes = parsed.GetValue(classes),
                    Calibration = parsed.GetValue(calibration),
                    Worst = parsed.GetValue(worst),
                    Json = parsed.GetValue(json),
                },
                cancel);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static void Run(EvaluateRequest request, CancellationToken cancel)
    {
        if (request.Worst < 0)
            throw new FormatException($"--worst is {request.Worst}, but a number of examples, 0 or more, is expected.");
        var path = ModelFile.Find(request.Model);
        var model = Model.Load(path);
        var dataName = request.Data.Length > 0 ? request.Data : model.Training.GetValueOrDefault("data") ?? "digits";
        var test = DataSource.OpenTest(dataName, new() { Folder = request.DataFolder }, cancel);
        var result = Evaluation.Of(model.Network, model.Loss, test, details: true);
        if (request.Json)
        {
            Console.WriteLine(EvaluationJson.Of(result, test, path, request.Worst).ToJsonString());
            return;
        }
        var console = TextOutput.Console();
        console.Line($"{path} on the {result.Count:N0} examples of the test set of {dataName}: {Figures.Of(result)}");
        console.Line();
        EvaluationDetails.Write(console, result, test, request);
        EvaluationReport.Write(console, result, test);
    }
}

/// <summary>The options of the command.</summary>
internal sealed record EvaluateRequest
{
    public required string Model { get; init; }
    public required string Data { get; init; }
    public string? DataFolder { get; init; }
    public bool Classes { get; init; }
    public bool Calibration { get; init; }
    public int Worst { get; init; }
    public bool Json { get; init; }
}
