using System.CommandLine;
using System.Text.Json.Nodes;
using Nabla.Inspection;
using Spectre.Console;

namespace Nabla.Cli;

/// <summary><c>nabla check-gradients</c>: holds backpropagation against the definition of a derivative.</summary>
internal static class CheckGradientsCommand
{
    public static Command Create()
    {
        var network = new Option<string?>("--network", "-n")
        {
            Description = "Check this network on digits: a preset or a list of layers. If not given, every layer with every loss.",
            HelpName = "NAME|LAYERS",
        };
        var loss = new Option<string?>("--loss") { Description = $"{string.Join(", ", LossList.Names)}, with its settings if it has any: \"huber 0.5\".", HelpName = "NAME" };
        var seed = new Option<ulong>("--seed", "-s") { Description = "The seed of the weights and of what is checked.", DefaultValueFactory = _ => 1, HelpName = "S" };
        var json = CommonOptions.Json();
        var command = new Command("check-gradients", "Checks backpropagation against numeric derivatives.") { network, loss, seed, json };
        command.SetAction((parsed, cancel) =>
        {
            var request = new CheckRequest(parsed.GetValue(network), parsed.GetValue(loss), parsed.GetValue(seed));
            var reports = Run(request, cancel);
            if (parsed.GetValue(json))
                return Task.FromResult(Json(reports, Console.Out));
            return Task.FromResult(GradientTable.Show(request, reports, TextOutput.Console()));
        });
        return command;
    }

    /// <summary>The checks one after the other, each when it is asked for.</summary>
    internal static IEnumerable<CheckedCase> Run(CheckRequest request, CancellationToken cancel)
    {
        IReadOnlyList<string> losses = request.Loss is { } loss ? [LossList.Parse(loss).Description] : LossList.Names;
        return request.Network is not null
            ? [GradientCase.OnDigits(request)]
            : GradientCase.All(losses).Select(one =>
            {
                cancel.ThrowIfCancellationRequested();
                return new CheckedCase(one.Layer, one.Network, one.Loss, one.Run(request.Seed));
            });
    }

    internal static int Json(IEnumerable<CheckedCase> reports, TextWriter output)
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
                ["worstSingle"] = Number(report.WorstSingle),
                ["worstDirection"] = Number(report.WorstDirection),
                ["compared"] = report.Compared,
                ["skipped"] = report.Skipped,
                ["worstAt"] = report.Worst?.Where,
                ["likelyCause"] = report.LikelyCause,
            }.ToJsonString());
            passed &= report.Passed;
            (worst, compared, skipped) = (Math.Max(worst, report.Worst?.Error ?? 0), compared + report.Compared, skipped + report.Skipped);
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

        static JsonNode? Number(DerivativeCheck? check) => check is null ? null : InspectJson.Number(check.Error);
    }
}

/// <summary>What was asked for.</summary>
internal sealed record CheckRequest(string? Network = null, string? Loss = null, ulong Seed = 1);

/// <summary>What was found.</summary>
/// <param name="Layer">The layer that was looked at; null if it was a whole network.</param>
/// <param name="Network">All layers.</param>
/// <param name="Loss">The name of the loss.</param>
/// <param name="Report">The report.</param>
internal sealed record CheckedCase(string? Layer, string Network, string Loss, GradientReport Report);
