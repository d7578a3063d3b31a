using System.Globalization;

namespace Nabla;

/// <summary>The settings that follow the name of a loss: words, each with its numbers: “smoothing 0.1 weights 1 2 1”.</summary>
internal sealed class LossSettings
{
    /// <summary>The setting whose numbers follow the name of the loss at once, without a word of its own.</summary>
    public const string Unnamed = "";

    private readonly string loss;
    private readonly Dictionary<string, List<double>> numbers = new(StringComparer.OrdinalIgnoreCase);

    private LossSettings(string loss) => this.loss = loss;

    /// <summary>Reads the words.</summary>
    /// <param name="words">What follows the name of the loss.</param>
    /// <param name="known">The settings that it has.</param>
    /// <param name="loss">Its name.</param>
    /// <exception cref="FormatException">A setting is unknown, there twice, or without a number.</exception>
    public static LossSettings Read(ReadOnlySpan<string> words, string[] known, string loss)
    {
        var settings = new LossSettings(loss);
        var name = Unnamed;
        foreach (var word in words)
            if (double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
                (settings.numbers.TryGetValue(name, out var list) ? list : settings.numbers[name] = []).Add(number);
            else if (!settings.numbers.TryAdd(name = word, []))
                throw new FormatException($"{loss}: '{word}' stands there twice.");
        foreach (var (setting, values) in settings.numbers)
            if (!known.Contains(setting, StringComparer.OrdinalIgnoreCase))
                throw new FormatException($"{loss}: '{(setting == Unnamed ? values[0].ToString(CultureInfo.InvariantCulture) : setting)}' is not expected. {Describe(known)}");
            else if (values.Count == 0)
                throw new FormatException($"{loss}: a number is expected after '{setting}'.");
        return settings;
    }

    /// <summary>The only number of a setting, or null if it is not given.</summary>
    /// <exception cref="FormatException">There are several.</exception>
    public double? One(string setting) => All(setting) switch
    {
        [] => null,
        [var number] => number,
        var several => throw new FormatException($"{loss}: {several.Count} numbers follow{(setting == Unnamed ? "" : $" '{setting}'")}, but one is expected."),
    };

    /// <summary>The numbers of a setting; none if it is not given.</summary>
    public IReadOnlyList<double> All(string setting) => numbers.GetValueOrDefault(setting, []);

    private static string Describe(string[] known) => known switch
    {
        [] => "It has no settings.",
        [Unnamed] => "One number may follow it.",
        _ => $"It can be followed by: {string.Join(", ", known)}, each with its number.",
    };
}
