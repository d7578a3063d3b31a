using System.Globalization;
using Nabla.Data;

namespace Nabla;

/// <summary>The settings of a training as text,
/// so that it continues with the same data and in the same way, or not at all.</summary>
internal static class CheckpointSettings
{
    private const string Epochs = "epochs", None = "none";
    private const int MostShown = 200;                  // characters of a setting in a message

    public static IReadOnlyDictionary<string, string> Of(
        Network network, Loss loss, Optimizer optimizer, double rate, Dataset data, TrainingOptions options) =>
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
                ? $"{rule.Patience} epochs, {rule.Metric}, at least {Text(rule.MinimalImprovement)}, "
                    + $"{(rule.RestoresBest ? "best" : "last")} weights"
                : None,
            ["training data"] = data.Fingerprint(),
            ["validation data"] = options.Validation?.Fingerprint() ?? None,
        };

    /// <summary>Throws unless a training may continue with these settings.
    /// Only the number of epochs may have increased.</summary>
    /// <exception cref="ArgumentException">A setting has changed; the message says which.</exception>
    public static void Check(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> now)
    {
        string Before(string key) => before.GetValueOrDefault(key, None);
        var differences = now.Where(pair => !MayBecome(pair.Key, Before(pair.Key), pair.Value))
            .Select(pair => $"{pair.Key} is '{pair.Value}', but was '{Excerpt.Of(Before(pair.Key), MostShown)}'");
        if (string.Join("; ", differences) is { Length: > 0 } all)
            throw new ArgumentException(
                $"The training cannot be resumed: {all}. It continues bit for bit, or not at all: "
                + "give the settings it was started with (more epochs are allowed), or start a new training.");
    }

    private static bool MayBecome(string key, string before, string now) =>
        before == now
        || (key == Epochs
            && int.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out var fewer)
            && fewer <= int.Parse(now, CultureInfo.InvariantCulture));

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
