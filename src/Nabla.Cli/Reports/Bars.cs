namespace Nabla.Cli;

/// <summary>Draws numbers as bars and columns of characters.</summary>
internal static class Bars
{
    private const string Eighths = " ▏▎▍▌▋▊▉█", Heights = "▁▂▃▄▅▆▇█";

    /// <summary>
    /// A line for each value: its name, a bar that is full at <paramref name="full"/>, and the value.
    /// </summary>
    public static string[] Lines(
        IReadOnlyList<string> names, IReadOnlyList<float> values, double full, int width, Func<float, string> text)
    {
        var longest = names.Max(name => name.Length);
        return
        [
            .. values.Select((value, i) => $"{names[i].PadLeft(longest)} {Bar(value / full, width)} {text(value)}"),
        ];
    }

    /// <summary>Two blocks of lines side by side. The lines of the left one must have the same length.</summary>
    public static IEnumerable<string> Beside(IReadOnlyList<string> left, IReadOnlyList<string> right)
    {
        var width = left.Count > 0 ? left[0].Length : 0;
        var skipLeft = Math.Max(0, (right.Count - left.Count) / 2);
        var skipRight = Math.Max(0, (left.Count - right.Count) / 2);
        for (var i = 0; i < Math.Max(left.Count, right.Count); i++)
        {
            int l = i - skipLeft, r = i - skipRight;
            var line = l >= 0 && l < left.Count ? left[l] : new string(' ', width);
            yield return (line + (r >= 0 && r < right.Count ? "    " + right[r] : "")).TrimEnd();
        }
    }

    /// <summary>A column for each value, the lowest at <paramref name="low"/>: “▁▅█▂”.</summary>
    public static string Columns(ReadOnlySpan<float> values, float low, float high)
    {
        var text = new char[values.Length];
        for (var i = 0; i < text.Length; i++)
        {
            var height = high > low ? (values[i] - low) / (high - low) * Heights.Length : 0;
            text[i] = Heights[(int)Math.Clamp(height, 0, Heights.Length - 1)];
        }
        return new(text);
    }

    private static string Bar(double share, int width)
    {
        var eighths = (int)Math.Round(Math.Clamp(double.IsNaN(share) ? 0 : share, 0, 1) * width * 8);
        return (new string('█', eighths / 8) + (eighths % 8 > 0 ? Eighths[eighths % 8] : "")).PadRight(width);
    }
}
