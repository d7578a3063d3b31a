using Nabla.Inspection;
using Spectre.Console;

namespace Nabla.Cli;

/// <summary>Gradient checks as a table: a row for each case, or for each parameter of one network.</summary>
internal static class GradientTable
{
    public static int Write(CheckRequest request, IEnumerable<CheckedCase> reports, IAnsiConsole console)
    {
        console.WriteLine("Backpropagation and numeric derivatives compared: of single values, and of whole");
        console.WriteLine("arrays in random directions. The largest relative errors:");
        console.WriteLine();
        CheckedCase[] cases = [.. reports];
        console.Write(request.Network is null ? ByCase(cases) : ByParameter(cases[0].Report));
        console.WriteLine();
        foreach (var failed in cases.Where(one => !one.Report.Passed))
            console.WriteLine($"{failed.Network} with {failed.Loss}: {failed.Report}");
        var passed = cases.All(one => one.Report.Passed);
        var worst = cases.Max(one => one.Report.Worst?.Error ?? 0);
        console.WriteLine(
            $"{(passed ? "Passed" : "FAILED")}: the largest relative error is {Error(worst)}; " +
            $"{GradientCheck.DefaultTolerance:0e+0} is allowed.");
        var skipped = cases.Sum(one => one.Report.Skipped);
        console.WriteLine(
            $"{cases.Sum(one => one.Report.Compared):N0} derivatives compared, {skipped:N0} skipped" +
            $"{(skipped > 0 ? ", at a kink or lost in rounding" : "")}.");
        return passed ? ExitCode.Done : ExitCode.Failed;
    }

    private static Table ByCase(CheckedCase[] cases)
    {
        var table = New("layer");
        foreach (var loss in cases.GroupBy(one => one.Loss))
        {
            table.AddRow($"with {loss.Key}:");
            foreach (var one in loss)
                Add(table, one.Report, one.Report.Passed, "  " + one.Layer!);
            table.AddEmptyRow();
        }
        return table;
    }

    private static Table ByParameter(GradientReport report)
    {
        var table = New("parameter");
        foreach (var group in report.Checks.GroupBy(check => check.Parameter))
        {
            var part = report with { Checks = [.. group] };
            Add(table, part, part.Failures.Count == 0, group.Key);
        }
        return table;
    }

    private static Table New(string name)
    {
        var table = new Table().Border(TableBorder.Simple).Collapse();
        table.AddColumn(name);
        foreach (var title in (string[])["single", "direction", "compared", "skipped", ""])
            table.AddColumn(new TableColumn(title).RightAligned());
        return table;
    }

    private static void Add(Table table, GradientReport report, bool passed, string name) => table.AddRow(
    [
        Markup.Escape(name), Error(report.WorstSingle?.Error), Error(report.WorstDirection?.Error),
        $"{report.Compared}", $"{report.Skipped}", passed ? "ok" : "WRONG",
    ]);

    private static string Error(double? error) =>
        error is not { } e ? "–" : double.IsFinite(e) ? $"{e:0.0e+0}" : "not finite";
}
