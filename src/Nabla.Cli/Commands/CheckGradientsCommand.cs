using System.CommandLine;
using Nabla.Inspection;

namespace Nabla.Cli;

/// <summary><c>nabla check-gradients</c>: compares backpropagation with the definition of a derivative.</summary>
internal static class CheckGradientsCommand
{
    public static Command Create()
    {
        var network = new Option<string?>("--network", "-n")
        {
            Description = "Check this network on digits: a preset or a list of layers. If not given, every layer " +
                "is checked with every loss.",
            HelpName = "NAME|LAYERS",
        };
        var loss = new Option<string?>("--loss")
        {
            Description = $"{string.Join(", ", Parse.LossNames)}, with its settings, if any: \"huber 0.5\".",
            HelpName = "NAME",
        };
        var seed = new Option<ulong>("--seed", "-s")
        {
            Description = "The seed of the weights and of the choice of what to check.",
            DefaultValueFactory = _ => 1,
            HelpName = "S",
        };
        var json = CommonOptions.Json();
        var command = new Command("check-gradients", "Checks backpropagation against numeric derivatives.")
        {
            network, loss, seed, json,
        };
        command.SetAction((parsed, cancel) =>
        {
            var request = new CheckRequest(parsed.GetValue(network), parsed.GetValue(loss), parsed.GetValue(seed));
            var reports = Run(request, cancel);
            return Task.FromResult(parsed.GetValue(json)
                ? GradientJson.Write(reports, Console.Out)
                : GradientTable.Write(request, reports, TextOutput.Console()));
        });
        return command;
    }

    /// <summary>The checks, each made when it is enumerated.</summary>
    internal static IEnumerable<CheckedCase> Run(CheckRequest request, CancellationToken cancel)
    {
        IReadOnlyList<string> losses = request.Loss is { } loss ? [Parse.Loss(loss).Description] : Parse.LossNames;
        return request.Network is not null
            ? [GradientCase.OnDigits(request)]
            : GradientCase.All(losses).Select(one =>
            {
                cancel.ThrowIfCancellationRequested();
                return new CheckedCase(one.Layer, one.Network, one.Loss, one.Run(request.Seed));
            });
    }
}

/// <summary>The options of the command.</summary>
internal sealed record CheckRequest(string? Network = null, string? Loss = null, ulong Seed = 1);

/// <summary>The result of one check.</summary>
/// <param name="Layer">The layer that was checked; null for a whole network.</param>
/// <param name="Network">All layers.</param>
/// <param name="Loss">The name of the loss.</param>
/// <param name="Report">The report.</param>
internal sealed record CheckedCase(string? Layer, string Network, string Loss, GradientReport Report);
