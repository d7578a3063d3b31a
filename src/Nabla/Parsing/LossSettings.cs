using System.Globalization;

namespace Nabla;

/// <summary>The settings after the name of a loss, each with its values: “smoothing 0.1 weights 1 2 1”.</summary>
internal sealed class LossSettings
{
    /// <summary>The setting whose values directly follow the name of the loss.</summary>
    public const string Unnamed = "";

    private readonly string loss;
    private readonly Dictionary<string, List<double>> values = new(StringComparer.OrdinalIgnoreCase);

    private LossSettings(string loss) => this.loss = loss;

    /// <summary>Reads the settings.</summary>
    /// <param name="words">The words after the name of the loss.</param>
    /// <param name="known">The settings that the loss has.</param>
    /// <param name="loss">The name of the loss.</param>
    /// <exception cref="FormatException">A setting is unknown, given twice, or has no value.</exception>
    public static LossSettings Read(ReadOnlySpan<string> words, string[] known, string loss)
    {
        var settings = new LossSettings(loss);
        var name = Unnamed;
        foreach (var word in words)
            if (double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
                (settings.values.TryGetValue(name, out var list) ? list : settings.values[name] = []).Add(number);
            else if (!settings.values.TryAdd(name = word, []))
                throw new FormatException($"{loss}: '{word}' is given twice. Leave one of them out.");
        foreach (var (setting, found) in settings.values)
            if (!known.Contains(setting, StringComparer.OrdinalIgnoreCase))
                throw new FormatException(
                    $"{loss}: '{(setting == Unnamed ? found[0].ToString(CultureInfo.InvariantCulture) : setting)}' " +
                    $"is not expected. {Describe(known)}");
            else if (found.Count == 0)
                throw new FormatException($"{loss}: a number is expected after '{setting}'.");
        return settings;
    }

    /// <summary>The value of a setting that has one; null if the setting is not given.</summary>
    /// <exception cref="FormatException">It has several.</exception>
    public double? One(string setting) => All(setting) switch
    {
        [] => null,
        [var number] => number,
        var several => throw new FormatException(
            $"{loss}: {several.Count} numbers follow{(setting == Unnamed ? "" : $" '{setting}'")}, " +
            "but one is expected."),
    };

    /// <summary>The values of a setting; empty if it is not given.</summary>
    public IReadOnlyList<double> All(string setting) => values.GetValueOrDefault(setting, []);

    private static string Describe(string[] known) => known switch
    {
        [] => "It has no settings.",
        [Unnamed] => "One number may follow it.",
        _ => $"Known settings are: {string.Join(", ", known)}, each followed by its number.",
    };
}
