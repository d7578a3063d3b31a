using System.Text;
using System.Text.RegularExpressions;
using Nabla.Doctor;
using Nabla.Tests.Structure;

namespace Nabla.Tests.Doctors;

/// <summary>The page docs/doctor.md explains every code, and shows the runs that the doctor is judged by.</summary>
public sealed partial class DoctorPageTests
{
    private const string Update = "NABLA_UPDATE_DOCTOR", Begin = "<!-- runs -->", End = "<!-- end of runs -->";

    private static readonly string page = Path.Combine(PublicApiTests.Root(), "docs", "doctor.md");

    [Fact]
    public void The_page_explains_every_code() => Assert.Equal(
        TrainingDoctor.AllChecks().Select(check => $"### {check.Code}: {check.Title}"),
        File.ReadLines(page).Where(line => line.StartsWith("### NB", StringComparison.Ordinal)));

    /// <summary>
    /// The measured figures may differ, so that the page need not follow every change of the library. The rest may not.
    /// </summary>
    [Fact]
    public void The_page_shows_the_runs()
    {
        var text = File.ReadAllText(page);
        var begin = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = text.IndexOf(End, StringComparison.Ordinal);
        var table = Table();
        if (Environment.GetEnvironmentVariable(Update) == "1")
            File.WriteAllText(page, text = text[..begin] + table + text[end..]);
        Console.WriteLine(table);
        Assert.True(
            text.Contains(Begin + table, StringComparison.Ordinal)
                || Figure().Replace(text[begin..end], "#") == Figure().Replace(table, "#"),
            $"The runs are not those in {page}. " +
            $"Run the tests with {Update}=1, which rewrites them. Check them, and commit them.\n{table}");
    }

    private static string Table()
    {
        var table = new StringBuilder();
        table.Append("\n\n| broken on purpose | network | named | by this evidence |\n|---|---|---|---|\n");
        foreach (var run in DoctorRuns.Broken)
        {
            var finding = run.Run(seed: 1).Named;
            var where = finding?.Layer is { } layer ? $"Layer {layer} ({finding.LayerName}): " : "";
            table.Append($"| {run.Name} | `{Short(run.Layers)}` | {finding?.Code} | {where}{finding?.Message} |\n");
        }
        table.Append("\n| healthy | network | warnings |\n|---|---|---|\n");
        foreach (var run in DoctorRuns.Healthy)
        {
            var warnings = run.Run(seed: 1).Alarms.Any() ? "some" : "none";
            table.Append($"| {run.Name} | `{Short(run.Layers)}` | {warnings} |\n");
        }
        return table.Append('\n').ToString();
    }

    private static string Short(string layers) => Repeated().Replace(
        layers, match => $"{match.Groups[2].Captures.Count + 1} × ({match.Groups[1].Value}), ");

    [GeneratedRegex(@"(?<![A-Za-z\d])-?\d[\d.,]*(E[+-]\d+)?")]
    private static partial Regex Figure();

    [GeneratedRegex(@"(dense \d+, [a-z-]+), (?:(\1), ){2,}")]
    private static partial Regex Repeated();
}
