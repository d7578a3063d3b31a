using System.Text.Json.Nodes;
using Nabla.Doctor;
using Spectre.Console;

namespace Nabla.Cli;

/// <summary>
/// Shows a finding of the training doctor: one line in a log, a short paragraph at a terminal, an object in JSON.
/// </summary>
internal static class FindingReport
{
    private const int Indent = 8;

    /// <summary>
    /// Writes a finding in the width of the console; a log has no width and gets one line. It may be called while a
    /// progress bar is shown. A fatal finding is not written, since the error message contains it.
    /// </summary>
    public static void Write(IAnsiConsole console, Finding finding)
    {
        if (finding.Severity == FindingSeverity.Fatal)
            return;
        var style = new Style(finding.Severity == FindingSeverity.Warning ? Color.Yellow : Color.Default);
        foreach (var line in Lines(finding, console.Profile.Width))
            console.WriteLine(line, style);
    }

    /// <summary>
    /// “warning NB203, layer 2 (Sigmoid), epoch 1, step 1: …”, broken between words; later lines are indented.
    /// </summary>
    internal static IEnumerable<string> Lines(Finding finding, int width)
    {
        var line = "";
        var title = $"{Name(finding.Severity)} {finding.Code}, {finding.Where}";
        foreach (var word in $"{title}: {finding.Message} {finding.Advice}".Split(' '))
        {
            if (line.TrimEnd().Length > Indent && line.Length + word.Length >= width)
            {
                yield return line.TrimEnd();
                line = new string(' ', Indent);
            }
            line += word + " ";
        }
        yield return line.TrimEnd();
    }

    /// <summary>The event of <c>train --json</c>.</summary>
    public static JsonObject Json(Finding finding) => new()
    {
        ["event"] = "finding",
        ["code"] = finding.Code,
        ["title"] = finding.Title,
        ["severity"] = Name(finding.Severity),
        ["layer"] = finding.Layer,
        ["epoch"] = finding.Epoch,
        ["step"] = finding.Step,
        ["message"] = finding.Message,
        ["advice"] = finding.Advice,
        ["evidence"] = new JsonObject(finding.Evidence.Select(
            evidence => KeyValuePair.Create(evidence.Name, InspectJson.Number(evidence.Value)))),
    };

    private static string Name(FindingSeverity severity) => severity.ToString().ToLowerInvariant();
}
