using Nabla.Data;
using Spectre.Console;

namespace Nabla.Cli;

/// <summary>
/// What <c>evaluate</c> shows beyond the end of a training: a line for each figure, and the requested tables.
/// </summary>
internal static class EvaluationDetails
{
    private const int MostTop = 5;

    public static void Write(IAnsiConsole console, Evaluation result, Dataset test, EvaluateRequest request)
    {
        if (result.Regression is { } regression)
            console.Write(EvaluationTables.Regression(regression));
        if (result.Classification is { } classes)
        {
            console.Labelled(
                "Classes",
                $"precision {Figures.Percent(classes.MacroPrecision)}, recall " +
                $"{Figures.Percent(classes.MacroRecall)}, " +
                $"F1 {Figures.Percent(classes.MacroF1)}, the means over the classes");
            int[] top = [.. Top(test.Classes.Count).Skip(1)];
            if (top.Length > 0)
                console.Labelled(
                    "Top",
                    "the class is among the most likely " +
                    string.Join(", ", top.Select(k => $"{k} in {Figures.Percent(result.TopAccuracy(k)!.Value)}")));
            if (result.Calibration is { } calibration)
                console.Labelled(
                    "Certainty",
                    $"{Figures.Percent(MeanConfidence(calibration))} confident on average, " +
                    $"calibration error {Figures.Percent(calibration.ExpectedError)}, " +
                    $"Brier score {calibration.BrierScore:F4}");
            console.Line();
            if (request.Classes)
                WriteTable(
                    console, "How well each class is recognised:", EvaluationTables.Classes(classes, test.Classes));
            if (request.Calibration && result.Calibration is { } reliability)
                WriteTable(
                    console, "How often it is right at each level of confidence:",
                    EvaluationTables.Reliability(reliability));
            else if (request.Calibration)
                WriteTable(console, "Its outputs are not probabilities, so its confidence is unknown.", null);
        }
        if (request.Worst > 0)
            WriteTable(console, "The highest losses:", EvaluationTables.Worst(result, request.Worst, test));
    }

    /// <summary>
    /// The values of k for which the top-k accuracy is useful: from 1, and less than the number of classes.
    /// </summary>
    public static IEnumerable<int> Top(int classes) =>
        Enumerable.Range(1, Math.Clamp(classes - 1, 1, MostTop));

    private static void WriteTable(IAnsiConsole console, string title, Table? table)
    {
        console.Line(title);
        if (table is not null)
            console.Write(table);
        console.Line();
    }

    private static double MeanConfidence(Calibration calibration) =>
        calibration.Bins.Sum(bin => bin.SumOfConfidences) / Math.Max(1, calibration.Bins.Sum(bin => bin.Count));
}
