using System.Text.Json.Nodes;
using Nabla.Inspection;

namespace Nabla.Cli;

/// <summary><c>inspect --json</c>: the same facts as one JSON object.</summary>
internal static class InspectJson
{
    public static JsonObject Of(Model model, string path) =>
        new()
        {
            ["event"] = "model",
            ["model"] = path,
            ["network"] = model.Network.Description,
            ["inputs"] = model.Network.Inputs,
            ["outputs"] = model.Network.Outputs,
            ["parameters"] = model.Network.Parameters.Count,
            ["loss"] = model.Loss.Description,
            ["classes"] = Array(model.Classes.Select(name => (JsonNode)name)),
            ["image"] = model.ImageSize is { } size ? new JsonArray(size.Height, size.Width) : null,
            ["layers"] = Array(model.Network.Layers.Select((layer, l) => new JsonObject
            {
                ["layer"] = l + 1,
                ["description"] = layer.Description,
                ["inputs"] = layer.InputShape.Size,
                ["outputs"] = layer.OutputShape.Size,
                ["parameters"] = layer.Parameters.Sum(parameter => parameter.Count),
            })),
            ["tensors"] = Array(model.Network.NamedParameters.Select(pair =>
            {
                var figures = WeightFigures.Of(pair.Parameter.Value);
                return new JsonObject
                {
                    ["name"] = pair.Name,
                    ["shape"] = Array(pair.Parameter.Dimensions.Select(size => (JsonNode)size)),
                    ["mean"] = figures.Mean,
                    ["deviation"] = figures.Deviation,
                    ["smallest"] = figures.Smallest,
                    ["largest"] = figures.Largest,
                };
            })),
            ["training"] = new JsonObject(
                model.Training.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
        };

    public static JsonObject Of(InspectedExample example)
    {
        var (x, _) = example.Batch;
        var output = example.Model.Predict(x);
        return new()
        {
            ["event"] = "example",
            ["data"] = example.DataName,
            ["example"] = example.Number,
            ["label"] = example.Label,
            ["outputs"] = Numbers(output.Values),
            ["activations"] = Array(
                example.Model.Network.Activations(x).Select(activation => Numbers(activation.Values))),
        };
    }

    public static JsonObject Of(InspectedExample example, WeightExplanation explained) => new()
    {
        ["event"] = "chain-rule",
        ["data"] = example.DataName,
        ["example"] = example.Number,
        ["label"] = example.Label,
        ["layer"] = explained.Layer + 1,
        ["output"] = explained.Output,
        ["input"] = explained.Input,
        ["weight"] = explained.Weight,
        ["cost"] = Number(explained.Cost),
        ["factors"] = Array(explained.Factors.Select(factor => new JsonObject
        {
            ["name"] = factor.Name,
            ["formula"] = factor.Formula,
            ["value"] = Number(factor.Value),
            ["terms"] = Array(factor.Terms.Select(term => new JsonObject
            {
                ["name"] = $"{term.LinkName} · {term.DeltaName}",
                ["left"] = Number(term.Link),
                ["right"] = Number(term.Delta),
            })),
        })),
        ["product"] = Number(explained.Product),
        ["stored"] = Number(explained.Stored),
        ["numeric"] = Number(explained.Numeric.Value),
        ["numericUncertainty"] = Number(explained.Numeric.Uncertainty),
    };

    /// <summary>A number; NaN and infinity, which JSON does not have, become null.</summary>
    public static JsonNode? Number(double value) => double.IsFinite(value) ? value : null;

    public static JsonArray Numbers(ReadOnlySpan<float> values)
    {
        var array = new JsonArray();
        foreach (var value in values)
            array.Add(float.IsFinite(value) ? JsonValue.Create(value) : null);
        return array;
    }

    private static JsonArray Array(IEnumerable<JsonNode> items) => new([.. items]);
}
