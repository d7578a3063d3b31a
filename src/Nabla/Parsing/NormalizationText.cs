using System.Globalization;

namespace Nabla;

/// <summary>Makes normalisations from text: “batch-norm”, “batch-norm epsilon 0.001 momentum 0.01”.</summary>
internal static class NormalizationText
{
    public static Layer BatchNorm(string[] words, string where)
    {
        const string example = "\"batch-norm\" or \"batch-norm epsilon 0.001 momentum 0.01\"";
        string[] names = ["epsilon", "momentum"];
        var usual = new BatchNorm();
        var epsilon = Value(words, "epsilon", names, where, example, value => value > 0);
        var momentum = Value(words, "momentum", names, where, example, value => value is > 0 and <= 1);
        return new BatchNorm { Epsilon = epsilon ?? usual.Epsilon, Momentum = momentum ?? usual.Momentum };
    }

    public static Layer LayerNorm(string[] words, string where)
    {
        const string example = "\"layer-norm\" or \"layer-norm epsilon 0.001\"";
        var epsilon = Value(words, "epsilon", ["epsilon"], where, example, value => value > 0);
        return new LayerNorm { Epsilon = epsilon ?? new LayerNorm().Epsilon };
    }

    /// <summary>The value after <paramref name="name"/>; null if the name is missing.</summary>
    private static double? Value(
        string[] words, string name, string[] names, string where, string example, Func<double, bool> isGood)
    {
        double? found = null;
        for (var i = 1; i < words.Length; i += 2)
        {
            var isNew = !words.Take(i).Contains(words[i], StringComparer.OrdinalIgnoreCase);
            if (!isNew || !names.Contains(words[i], StringComparer.OrdinalIgnoreCase) || i + 1 == words.Length)
                throw Wrong();
            if (!double.TryParse(words[i + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                || !double.IsFinite(value))
                throw Wrong();
            if (!words[i].Equals(name, StringComparison.OrdinalIgnoreCase))
                continue;
            found = isGood(value) ? value : throw Wrong();
        }
        return found;

        FormatException Wrong() => new(
            $"{where}: '{words[0].ToLowerInvariant()}' is written as {example}; epsilon is positive" +
            $"{(names.Length > 1 ? ", momentum above 0 and at most 1" : "")}. Found '{string.Join(' ', words)}'.");
    }
}
