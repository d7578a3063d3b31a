using System.Globalization;

namespace Nabla.Cli;

/// <summary>
/// The smoothed loss over the learning rate, drawn with the dots of Braille characters: two across and four down in
/// each.
/// </summary>
internal static class LearningRateChart
{
    private const int Height = 14;                      // lines
    private const int MostWidth = 100, FileWidth = 80;  // columns
    private const int Left = 10;                        // columns for the numbers of the loss
    private const char Blank = '\u2800';

    /// <summary>The lines of a chart for the width of a terminal, or for a file.</summary>
    public static IEnumerable<string> Lines(LearningRateCurve curve, LearningRateFinder finder, int available)
    {
        var columns = available > 1000 ? FileWidth : Math.Min(available, MostWidth);
        var width = Math.Clamp(columns - Left - 5, 20, MostWidth);
        if (curve.Points.Count == 0)
            return ["(no step could be made)"];
        var lowest = curve.Points.Min(point => point.Smoothed);
        var fall = Math.Max(curve.Points[0].Smoothed - lowest, 1e-9);
        // Cuts off the explosion
        var highest = Math.Min(curve.Points.Max(point => point.Smoothed), lowest + 1.5 * fall);
        var canvas = Enumerable.Range(0, Height).Select(_ => Enumerable.Repeat(Blank, width).ToArray()).ToArray();
        (int X, int Y)? before = null;
        foreach (var point in curve.Points)
        {
            var x = (int)Math.Round(Position(point.Rate) * (2 * width - 1));
            var depth = (highest - Math.Min(point.Smoothed, highest)) / Math.Max(highest - lowest, 1e-12);
            var y = (int)Math.Round(depth * (4 * Height - 1));
            Draw(canvas, before ?? (x, y), (x, y));
            before = (x, y);
        }
        return
        [
            .. canvas.Select((row, i) => $"{LossAt(i)} {(HasLoss(i) ? '┤' : '│')}{new string(row).TrimEnd(Blank)}"),
            .. Axis(),
        ];

        bool HasLoss(int row) => row % 4 == 0 || row == Height - 1;

        string LossAt(int row)
        {
            var loss = highest - (highest - lowest) * row / (Height - 1);
            return (HasLoss(row) ? loss.ToString("G3", CultureInfo.InvariantCulture) : "").PadLeft(Left);
        }

        double Position(double rate) => Math.Log(rate / finder.From) / Math.Log(finder.To / finder.From);

        int Column(double rate) => (int)Math.Round(Position(rate) * (width - 1));

        IEnumerable<string> Axis()
        {
            char[] line = [.. Enumerable.Repeat('─', width)];
            char[] labels = [.. Enumerable.Repeat(' ', width + 6)], marks = [.. Enumerable.Repeat(' ', width)];
            var first = (int)Math.Ceiling(Math.Log10(finder.From) - 1e-9);
            for (var power = first; power <= Math.Log10(finder.To) + 1e-9; power++)
            {
                var column = Column(Math.Pow(10, power));
                line[column] = '┬';
                var label = power is >= -3 and <= 3
                    ? Math.Pow(10, power).ToString(CultureInfo.InvariantCulture)
                    : $"1e{power}";
                label.CopyTo(0, labels, column, Math.Min(label.Length, labels.Length - column));
            }
            if (curve.Steepest is { } steepest)
                marks[Column(steepest)] = '△';
            if (curve.Suggested is { } suggested && suggested >= finder.From)
                marks[Column(suggested)] = '▲';
            var margin = new string(' ', Left + 1);
            yield return margin + "└" + new string(line);
            yield return (margin + " " + new string(labels)).TrimEnd();
            yield return (margin + " " + new string(marks)).TrimEnd();
        }
    }

    /// <summary>A straight line of dots.</summary>
    private static void Draw(char[][] canvas, (int X, int Y) from, (int X, int Y) to)
    {
        var steps = Math.Max(1, Math.Max(Math.Abs(to.X - from.X), Math.Abs(to.Y - from.Y)));
        for (var i = 0; i <= steps; i++)
        {
            var x = from.X + (int)Math.Round((double)(to.X - from.X) * i / steps);
            var y = from.Y + (int)Math.Round((double)(to.Y - from.Y) * i / steps);
            canvas[y / 4][x / 2] |= (char)Dot(x % 2, y % 4);
        }
    }

    /// <summary>The bit of a dot in a Braille character (Unicode, block U+2800).</summary>
    private static int Dot(int x, int y) => y == 3 ? 0x40 << x : 1 << (y + 3 * x);
}
