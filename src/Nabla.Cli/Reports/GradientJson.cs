using System.Text.Json.Nodes;
using Nabla.Inspection;

namespace Nabla.Cli;

/// <summary><c>check-gradients --json</c>: a line for each check, and one at the end.</summary>
internal static class GradientJson
{
    public static int Write(IEnumerable<CheckedCase> reports, TextWriter output)
    {
        var (passed, worst, compared, skipped) = (true, 0.0, 0, 0);
        foreach (var (layer, network, loss, report) in reports)
        {
            output.WriteLine(new JsonObject
            {
                ["event"] = "check",
                ["layer"] = layer,
                ["network"] = network,
                ["loss"] = loss,
                ["passed"] = report.Passed,
                ["worstSingle"] = Error(report.WorstSingle),
                ["worstDirection"] = Error(report.WorstDirection),
                ["compared"] = report.Compared,
                ["skipped"] = report.Skipped,
                ["worstAt"] = report.Worst?.Where,
                ["likelyCause"] = report.LikelyCause,
            }.ToJsonString());
            passed &= report.Passed;
            worst = Math.Max(worst, report.Worst?.Error ?? 0);
            (compared, skipped) = (compared + report.Compared, skipped + report.Skipped);
        }
        output.WriteLine(new JsonObject
        {
            ["event"] = "end",
            ["passed"] = passed,
            ["worst"] = InspectJson.Number(worst),
            ["tolerance"] = GradientCheck.DefaultTolerance,
            ["compared"] = compared,
            ["skipped"] = skipped,
        }.ToJsonString());
        return passed ? ExitCode.Done : ExitCode.Failed;
    }

    private static JsonNode? Error(DerivativeCheck? check) => check is null ? null : InspectJson.Number(check.Error);
}
