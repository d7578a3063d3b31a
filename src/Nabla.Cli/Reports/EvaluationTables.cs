using Nabla.Data;
using Spectre.Console;

namespace Nabla.Cli;

/// <summary>The tables of a detailed evaluation.</summary>
internal static class EvaluationTables
{
    /// <summary>How well each class is recognised; the last row has the means over the classes.</summary>
    public static Table Classes(ClassificationReport report, IReadOnlyList<string> names)
    {
        var table = New("class", "examples", "read as it", "precision", "recall", "F1");
        foreach (var (figures, name) in report.Classes.Zip(names))
            table.AddRow(
                Markup.Escape(name), $"{figures.Examples:N0}", $"{figures.Predicted:N0}",
                Percent(figures.Precision), Percent(figures.Recall), Percent(figures.F1));
        table.AddEmptyRow();
        table.AddRow(
            "mean", "", "", Percent(report.MacroPrecision), Percent(report.MacroRecall), Percent(report.MacroF1));
        return table;
    }

    /// <summary>
    /// How often the network was right at each level of confidence; bins without predictions are left out.
    /// </summary>
    public static Table Reliability(Calibration calibration)
    {
        var table = New("confidence", "predictions", "mean", "right", "gap");
        foreach (var bin in calibration.Bins.Where(bin => bin.Count > 0))
            table.AddRow(
                $"{100 * bin.From,5:F1} to {100 * bin.To,5:F1} %", $"{bin.Count:N0}",
                Percent(bin.Confidence), Percent(bin.Accuracy),
                $"{100 * (bin.Accuracy - bin.Confidence):+0.0;-0.0;0.0}");
        return table;
    }

    /// <summary>How close the predicted numbers are; the last row is over all outputs.</summary>
    public static Table Regression(RegressionReport report)
    {
        var table = New("output", "R²", "mean |error|", "root mean square");
        foreach (var (i, figures) in report.Outputs.Index())
            table.AddRow(
                $"{i}", $"{figures.R2:F4}", $"{figures.MeanAbsoluteError:G5}", $"{figures.RootMeanSquaredError:G5}");
        if (report.Outputs.Count > 1)
        {
            table.AddEmptyRow();
            table.AddRow(
                "all", $"{report.R2:F4}", $"{report.MeanAbsoluteError:G5}", $"{report.RootMeanSquaredError:G5}");
        }
        return table;
    }

    /// <summary>The examples with the highest losses, the worst first.</summary>
    public static Table Worst(Evaluation result, int count, Dataset test)
    {
        var table = test.HasClasses ? New("example", "loss", "class", "read as") : New("example", "loss");
        foreach (var (example, loss) in result.HighestLosses(count))
            if (test.HasClasses)
                table.AddRow(
                    $"{example}", $"{loss:F4}", Markup.Escape(test.Classes[test.Label(example)]),
                    Markup.Escape(EvaluationReport.ReadAs(result, example, test)));
            else
                table.AddRow($"{example}", $"{loss:G5}");
        return table;
    }

    private static Table New(params ReadOnlySpan<string> titles)
    {
        var table = new Table().Border(TableBorder.Simple).Collapse();
        foreach (var title in titles)
            table.AddColumn(new TableColumn(title).RightAligned());
        return table;
    }

    private static string Percent(double? share) => share is { } value ? $"{100 * value:F1} %" : "";
}
