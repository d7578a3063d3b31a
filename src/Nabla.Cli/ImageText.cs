using Nabla.Data;

namespace Nabla.Cli;

internal static class ImageText
{
    public static IReadOnlyList<string> Lines(ReadOnlySpan<byte> pixels, ImageSize size)
    {
        var lines = new List<string>();
        for (var row = 0; row < size.Height; row += 2)
        {
            var line = "";
            for (var c = 0; c < size.Width; c++)
                line += " .:-=+*#%@"[(pixels[row * size.Width + c] + pixels[Math.Min(row + 1, size.Height - 1) * size.Width + c]) * 9 / 510];
            lines.Add(line);
        }
        return lines;
    }
}
