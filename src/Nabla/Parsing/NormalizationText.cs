using System.Globalization;

namespace Nabla;

/// <summary>Normalisations as text: “batch-norm”, or “batch-norm epsilon 0.001 momentum 0.01” where they are not as usual.</summary>
internal static class NormalizationText
{
    public static Layer BatchNorm(string[] words, string where)
    {
        const string example = "\"batch-norm\" or \"batch-norm epsilon 0.001 momentum 0.01\"";
        var usual = new BatchNorm();
        return new BatchNorm
        {
            Epsilon = Value(words, "epsilon", ["epsilon", "momentum"], where, example, value => value > 0) ?? usual.Epsilon,
            Momentum = Value(words, "momentum", ["epsilon", "momentum"], where, example, value => value is > 0 and <= 1) ?? usual.Momentum,
        };
    }

    public static Layer LayerNorm(string[] words, string where) => new LayerNorm
    {
        Epsilon = Value(words, "epsilon", ["epsilon"], where, "\"layer-norm\" or \"layer-norm epsilon 0.001\"", value => value > 0) ?? new LayerNorm().Epsilon,
    };

    /// <summary>The number that follows <paramref name="name"/>; null if that is not there.</summary>
    private static double? Value(string[] words, string name, string[] names, string where, string example, Func<double, bool> isGood)
    {
        double? found = null;
        for (var i = 1; i < words.Length; i += 2)
        {
            var isKnown = names.Contains(words[i], StringComparer.OrdinalIgnoreCase) && !words.Take(i).Contains(words[i], StringComparer.OrdinalIgnoreCase);
            if (!isKnown || i + 1 == words.Length || !double.TryParse(words[i + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
                throw Wrong();
            if (!words[i].Equals(name, StringComparison.OrdinalIgnoreCase))
                continue;
            found = isGood(value) ? value : throw Wrong();
        }
        return found;

        FormatException Wrong() => new(
            $"{where}: '{words[0].ToLowerInvariant()}' is written as {example}; epsilon is positive{(names.Length > 1 ? ", momentum above 0 and at most 1" : "")}. " +
            $"Found '{string.Join(' ', words)}'.");
    }
}
