using System.Text.Json.Nodes;
using Nabla.Data;

namespace Nabla.Cli;

/// <summary><c>evaluate --json</c>: the last line of a training, with all figures of a detailed evaluation.</summary>
internal static class EvaluationJson
{
    private const int FewestWorst = 10;

    public static JsonObject Of(Evaluation result, Dataset test, string model, int worst)
    {
        var end = JsonReport.EvaluationEnd(result, model);
        if (result.Classification is { } classes)
            AddClasses(end, result, classes, test);
        if (result.Calibration is { } calibration)
            end["calibration"] = new JsonObject
            {
                ["expectedError"] = InspectJson.Number(calibration.ExpectedError),
                ["brierScore"] = InspectJson.Number(calibration.BrierScore),
                ["bins"] = Array(calibration.Bins.Select(bin => new JsonObject
                {
                    ["from"] = bin.From,
                    ["to"] = bin.To,
                    ["count"] = bin.Count,
                    ["confidence"] = bin.Confidence,
                    ["accuracy"] = bin.Accuracy,
                })),
            };
        if (result.Regression is { } regression)
        {
            end["regression"] = Errors(regression.R2, regression.MeanAbsoluteError, regression.RootMeanSquaredError);
            end["outputs"] = Array(regression.Outputs.Select(
                figures => Errors(figures.R2, figures.MeanAbsoluteError, figures.RootMeanSquaredError)));
        }
        end["highestLosses"] = Array(result.HighestLosses(Math.Max(worst, FewestWorst)).Select(one =>
        {
            var example = new JsonObject { ["example"] = one.Example, ["loss"] = InspectJson.Number(one.Loss) };
            if (test.HasClasses)
            {
                example["class"] = test.Classes[test.Label(one.Example)];
                example["predicted"] = result.Predictions[one.Example] is not Evaluation.NoClass and var predicted
                    ? test.Classes[predicted]
                    : null;
            }
            return example;
        }));
        return end;
    }

    private static void AddClasses(JsonObject end, Evaluation result, ClassificationReport report, Dataset test)
    {
        int[] all = [.. Enumerable.Range(0, test.Classes.Count)];
        end["topAccuracy"] = Array(
            EvaluationDetails.Top(all.Length).Select(k => (JsonNode)result.TopAccuracy(k)!.Value));
        end["macroPrecision"] = report.MacroPrecision;
        end["macroRecall"] = report.MacroRecall;
        end["macroF1"] = report.MacroF1;
        end["classes"] = Array(report.Classes.Zip(test.Classes, (figures, name) => new JsonObject
        {
            ["class"] = name,
            ["examples"] = figures.Examples,
            ["predicted"] = figures.Predicted,
            ["precision"] = figures.Precision,
            ["recall"] = figures.Recall,
            ["f1"] = figures.F1,
        }));
        end["confusion"] = Array(all.Select(
            actual => Array(all.Select(predicted => (JsonNode)result.Confusion(actual, predicted)))));
    }

    private static JsonObject Errors(double r2, double absolute, double square) => new()
    {
        ["r2"] = InspectJson.Number(r2),
        ["meanAbsoluteError"] = InspectJson.Number(absolute),
        ["rootMeanSquaredError"] = InspectJson.Number(square),
    };

    private static JsonArray Array(IEnumerable<JsonNode> items) => new([.. items]);
}
