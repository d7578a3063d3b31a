namespace Nabla.Data;

/// <summary>Scales and centres a digit as the makers of MNIST did: into a box, and by its centre of mass.</summary>
internal static class DigitFit
{
    /// <summary>The side of the square, in pixels, that the digit fits into with its proportions kept.</summary>
    public const int Box = 20;

    /// <summary>The side of the image; the square is moved by whole pixels so that the centre
    /// of the ink is the centre of the image.</summary>
    public const int Side = 28;

    private const double ThinnestRadius = 0.8;

    /// <summary>Scales and moves the paths, in place, so that their ink just fits into the box.</summary>
    /// <returns>The radius of the pen in pixels: that of the same pen, but never so thin that the ink fades.</returns>
    public static double IntoBox(PenPoint[][] paths, double radius)
    {
        double left = double.MaxValue, top = double.MaxValue, right = double.MinValue, bottom = double.MinValue;
        foreach (var path in paths)
            foreach (var point in path)
            {
                left = Math.Min(left, point.X);
                right = Math.Max(right, point.X);
                top = Math.Min(top, point.Y);
                bottom = Math.Max(bottom, point.Y);
            }
        var extent = Math.Max(right - left, bottom - top);
        radius = Math.Max(radius, extent * ThinnestRadius / (Box - 2 * ThinnestRadius));
        var scale = Box / (extent + 2 * radius);
        foreach (var path in paths)
            for (var i = 0; i < path.Length; i++)
                path[i] = new((path[i].X - left + radius) * scale, (path[i].Y - top + radius) * scale);
        return scale * radius;
    }

    /// <summary>Copies the box into an image, with the centre of mass within half a pixel of (14, 14).</summary>
    public static void CentreByMass(ReadOnlySpan<double> ink, Span<byte> image)
    {
        double mass = 0, sumX = 0, sumY = 0;
        for (var row = 0; row < Box; row++)
            for (var column = 0; column < Box; column++)
            {
                var darkness = ink[row * Box + column];
                mass += darkness;
                sumX += darkness * column;
                sumY += darkness * row;
            }
        var shiftX = (int)Math.Floor(Side / 2 - sumX / mass + 0.5);
        var shiftY = (int)Math.Floor(Side / 2 - sumY / mass + 0.5);
        for (var row = 0; row < Box; row++)
            for (var column = 0; column < Box; column++)
            {
                int x = column + shiftX, y = row + shiftY;
                if (x is >= 0 and < Side && y is >= 0 and < Side)
                    image[y * Side + x] = (byte)(255 * ink[row * Box + column] + 0.5);
            }
    }
}
