using System.Globalization;

namespace Nabla.Cli;

/// <summary>Reads the clipping of gradients from text, as <c>--clip</c> and config.json write it.</summary>
internal static class ClipText
{
    /// <summary>Reads “norm 1” or just “1”, or “value 0.5”. Case does not matter.</summary>
    /// <exception cref="FormatException">The text is something else; the message says what is expected.</exception>
    public static GradientClipping Parse(string text)
    {
        var words = text.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var isKnown = words is [_] or ["norm" or "value", _];
        return isKnown && double.TryParse(words[^1], NumberStyles.Float, CultureInfo.InvariantCulture, out var most)
            && (float)most > 0 && float.IsFinite((float)most)
            ? words is ["value", _] ? GradientClipping.ByValue(most) : GradientClipping.ByNorm(most)
            : throw new FormatException(
                $"The clipping is '{Excerpt.Of(text)}', but the largest norm of a gradient is expected, as in \"1\" " +
                "or \"norm 1\", or its largest derivative, as in \"value 0.5\".");
    }
}
