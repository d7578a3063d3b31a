using System.CommandLine;
using Spectre.Console;

namespace Nabla.Cli;

/// <summary>
/// <c>nabla inspect MODEL</c>: shows a model, its outputs for one example, and how one of its weights would learn from
/// it.
/// </summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var model = CommonOptions.Model();
        var example = new Option<int?>("--example", "-e")
        {
            Description = "Show the outputs of all layers for this example of the test set, from 0.",
            HelpName = "N",
        };
        var weight = new Option<string?>("--weight", "-w")
        {
            Description = "Show the chain rule for one weight on that example. Layers count from 1, as in the table; " +
                "o and i of W[o, i] count from 0.",
            HelpName = "LAYER,O,I",
        };
        var on = new Option<string?>("--on")
        {
            Description = "The data of the example. If not given, the data the model was trained on.",
            HelpName = "NAME|DIR",
        };
        var folder = CommonOptions.DataFolder();
        var json = CommonOptions.Json();
        var command = new Command("inspect", "Shows a model, and the chain rule for one weight on one example.")
        {
            model, example, weight, on, folder, json,
        };
        command.SetAction((parsed, cancel) =>
        {
            var request = new InspectRequest(
                parsed.GetValue(model)!, parsed.GetValue(example), parsed.GetValue(weight),
                parsed.GetValue(on), parsed.GetValue(folder));
            if (parsed.GetValue(json))
                Json(request, Console.Out, cancel);
            else
                Show(request, TextOutput.Console(), cancel);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    internal static void Show(InspectRequest request, IAnsiConsole console, CancellationToken cancel = default)
    {
        var weight = WeightIndex.Parse(request.Weight);
        request = request with { ModelPath = ModelFile.Find(request.ModelPath) };
        var model = Model.Load(request.ModelPath);
        if (request.Example is null && weight is null)
        {
            ModelReport.Write(console, model, request.ModelPath);
            return;
        }
        var example = InspectedExample.Open(model, request, cancel);
        if (weight is { } index)
        {
            var explained = example.Explain(index);                 // first, since it throws if there is no such weight
            ExampleReport.WriteTitle(console, example);
            ChainRuleReport.Write(console, explained, example);
        }
        else
        {
            ExampleReport.WriteTitle(console, example);
            ExampleReport.Write(console, example);
        }
    }

    internal static void Json(InspectRequest request, TextWriter output, CancellationToken cancel = default)
    {
        var weight = WeightIndex.Parse(request.Weight);
        request = request with { ModelPath = ModelFile.Find(request.ModelPath) };
        var model = Model.Load(request.ModelPath);
        if (request.Example is null && weight is null)
        {
            output.WriteLine(InspectJson.Of(model, request.ModelPath).ToJsonString());
            return;
        }
        var example = InspectedExample.Open(model, request, cancel);
        var line = weight is { } index ? InspectJson.Of(example, example.Explain(index)) : InspectJson.Of(example);
        output.WriteLine(line.ToJsonString());
    }
}

/// <summary>The options of the command.</summary>
internal sealed record InspectRequest(
    string ModelPath, int? Example = null, string? Weight = null, string? On = null, string? DataFolder = null);

/// <summary>“LAYER,O,I”: the layer from 1, the neuron and the input from 0.</summary>
internal readonly record struct WeightIndex(int Layer, int Output, int Input)
{
    public static WeightIndex? Parse(string? text)
    {
        if (text is null)
            return null;
        var numbers = text.Split(',');
        return numbers.Length == 3 && int.TryParse(numbers[0], out var layer)
            && int.TryParse(numbers[1], out var output) && int.TryParse(numbers[2], out var input)
            ? new(layer, output, input)
            : throw new FormatException(
                $"--weight is '{text}', but LAYER,O,I is expected: three whole numbers, as in 1,0,400 for W[0, 400] " +
                "of layer 1.");
    }
}
