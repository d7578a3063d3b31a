using System.Text;
using Nabla.Data;

namespace Nabla.Cli;

/// <summary>Draws a grey-scale image with characters, so that it looks the same at a terminal and in a file.</summary>
/// <remarks>
/// A character is about twice as high as wide, so each stands for two pixels, one above the other: a half block where
/// they differ much, a shade where they do not. 28 × 28 pixels become 14 lines of 28 characters.
/// </remarks>
internal static class ImageText
{
    /// <summary>The widest image that is drawn pixel by pixel. In wider ones, squares of pixels are averaged.</summary>
    public const int MaxWidth = 76;

    private const string Shades = " ░▒▓█";
    private const int Edge = 112;

    /// <summary>The image as lines of the same length.</summary>
    /// <param name="pixels">Row by row, 0 to 255; bright ones are drawn.</param>
    /// <param name="size">The size of the image.</param>
    public static IReadOnlyList<string> Lines(ReadOnlySpan<byte> pixels, ImageSize size)
    {
        var side = (size.Width + MaxWidth - 1) / MaxWidth;          // of the square of pixels that makes one dot
        int columns = (size.Width + side - 1) / side, rows = (size.Height + side - 1) / side;
        var lines = new List<string>();
        var line = new StringBuilder(columns);
        for (var row = 0; row < rows; row += 2)
        {
            line.Clear();
            for (var column = 0; column < columns; column++)
                line.Append(Cell(Dot(pixels, size, row, column, side), Dot(pixels, size, row + 1, column, side)));
            lines.Add(line.ToString());
        }
        return lines;
    }

    private static char Cell(int top, int bottom) =>
        top - bottom >= Edge ? '▀' :
        bottom - top >= Edge ? '▄' :
        Shades[Math.Min((top + bottom) / 2 * 5 / 240, 4)];

    private static int Dot(ReadOnlySpan<byte> pixels, ImageSize size, int row, int column, int side)
    {
        int sum = 0, count = 0;
        for (var y = row * side; y < Math.Min((row + 1) * side, size.Height); y++)
            for (var x = column * side; x < Math.Min((column + 1) * side, size.Width); x++, count++)
                sum += pixels[y * size.Width + x];
        return count == 0 ? 0 : sum / count;
    }
}
