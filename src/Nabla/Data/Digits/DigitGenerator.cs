using Nabla.Kernels;

namespace Nabla.Data;

/// <summary>
/// Draws digits that look handwritten: form in mind → hand → path of the pen → ink → fitted and centred.
/// </summary>
/// <remarks>
/// Image i depends on the seed and i alone. So the images are the same at any number of threads, and a longer set
/// begins with the shorter one.
/// </remarks>
internal static class DigitGenerator
{
    private const int Digits = 10, Pixels = DigitFit.Side * DigitFit.Side;

    /// <summary>Draws <paramref name="count"/> digits, equally many of each, in random order.</summary>
    /// <returns>784 bytes per image, row by row, 0 = paper and 255 = ink; and one label 0 … 9 per image.</returns>
    public static (byte[] Pixels, byte[] Labels) Generate(int count, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Array.MaxLength / Pixels);
        var pixels = new byte[count * Pixels];
        var labels = PickLabels(count, seed);
        Workers.ForEach(count, i =>
            Draw(labels[i], new RandomGenerator(seed, stream: (ulong)i + 1), pixels.AsSpan(i * Pixels, Pixels)));
        return (pixels, labels);
    }

    /// <summary>Each group of ten labels is 0 … 9 in a new order, so a set of any size is balanced.</summary>
    private static byte[] PickLabels(int count, ulong seed)
    {
        var random = new RandomGenerator(seed);
        var labels = new byte[count];
        int[] ten = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
        for (var i = 0; i < count; i++)
        {
            if (i % Digits == 0)
                random.Shuffle(ten);
            labels[i] = (byte)ten[i % Digits];
        }
        return labels;
    }

    private static void Draw(int digit, RandomGenerator random, Span<byte> image)
    {
        var shape = DigitShapes.Of(digit);
        var form = shape.Pick(random);
        var hand = new DigitHand(random, shape.Height);
        var pen = new DigitPen(random);
        var paths = Array.ConvertAll(form.Strokes, stroke => DigitCurve.Through(hand.Move(stroke)));
        var radius = DigitFit.IntoBox(paths, pen.Radius);

        Span<double> ink = stackalloc double[DigitFit.Box * DigitFit.Box];
        ink.Clear();
        foreach (var path in paths)
        {
            double RadiusAt(int i) => radius * pen.PressureAt((double)i / path.Length);
            for (var i = 0; i + 1 < path.Length; i++)
                DigitPen.Line(ink, DigitFit.Box, path[i], path[i + 1], RadiusAt(i), RadiusAt(i + 1));
        }
        DigitFit.CentreByMass(ink, image);
    }
}
