using System.Globalization;
using Nabla.Data;
using Nabla.Losses;
using Nabla.Optimizers;

namespace Nabla.Training;

/// <summary>What a training depends on, as text, so that it goes on with the same data and in the same way, or not at all.</summary>
internal static class CheckpointSettings
{
    private const string Epochs = "epochs", None = "none";

    public static IReadOnlyDictionary<string, string> Of(Network network, Loss loss, Optimizer optimizer, double rate, Dataset data, TrainingOptions options) =>
        new Dictionary<string, string>
        {
            ["network"] = $"{network.Description} for {network.InputShape} inputs",
            ["loss"] = loss.Description,
            ["optimizer"] = $"{optimizer.Name} {optimizer.Settings}",
            ["learning rate"] = Text(rate),
            ["batch size"] = $"{options.BatchSize}",
            [Epochs] = $"{options.Epochs}",
            ["seed"] = $"{options.Seed}",
            ["schedule"] = options.Schedule.Name,
            ["augmentation"] = options.Augmentation?.Description ?? None,
            ["clipping"] = options.Clipping?.ToString() ?? None,
            ["average"] = options.AverageDecay is { } decay ? Text(decay) : None,
            ["early stopping"] = options.EarlyStopping is { } rule
                ? $"{rule.Patience} epochs, {rule.Monitored}, at least {Text(rule.MinimalImprovement)}, {(rule.RestoresBest ? "best" : "last")} weights" : None,
            ["training data"] = data.Fingerprint(),
            ["validation data"] = options.Validation?.Fingerprint() ?? None,
        };

    /// <summary>Throws unless a training may go on under these circumstances. There may be more epochs than there were to be.</summary>
    /// <exception cref="ArgumentException">Something is not as it was; the message says what.</exception>
    public static void Check(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> now)
    {
        var differences = now.Where(pair => !MayBecome(pair.Key, before.GetValueOrDefault(pair.Key, None), pair.Value))
            .Select(pair => $"{pair.Key} is '{pair.Value}', but was '{Shown(before.GetValueOrDefault(pair.Key, None))}'");
        if (string.Join("; ", differences) is { Length: > 0 } all)
            throw new ArgumentException(
                $"The training cannot be resumed: {all}. It goes on bit for bit, or not at all: give what it was begun with (more epochs are allowed), or begin a new one.");
    }

    private static bool MayBecome(string key, string before, string now) =>
        before == now || (key == Epochs && int.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out var fewer) && fewer <= int.Parse(now, CultureInfo.InvariantCulture));

    /// <summary>What stands in a file, for a message: without control characters, which a terminal would obey, and not too long.</summary>
    private static string Shown(string text) => new([.. text.Take(200).Select(letter => char.IsControl(letter) ? '\uFFFD' : letter)]);

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
