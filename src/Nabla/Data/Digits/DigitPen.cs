using Nabla.Formulas;

namespace Nabla.Data;

/// <summary>A pen: how thick it writes, how hard it is pressed, and how its ink covers pixels.</summary>
internal sealed class DigitPen(RandomGenerator random)
{
    private const double SoftEdge = 1.1;

    private readonly double pressurePhase = random.NextUniform(0, 6.283185307179586);
    private readonly double pressureRate = random.NextUniform(1, 6);
    private readonly double pressureSwing = random.NextUniform(0, 0.25);

    /// <summary>Half the average thickness of a stroke; a digit is about 2 high.</summary>
    public double Radius { get; } = PickRadius(random);

    /// <summary>The pressure on the pen at the fraction <paramref name="t"/> of the stroke; 1 on average.</summary>
    public double PressureAt(double t) =>
        1 + pressureSwing * ScalarMath.SinCos(pressurePhase + pressureRate * t).Sin;

    /// <summary>Draws a line with round ends,
    /// of radius <paramref name="ra"/> at a and <paramref name="rb"/> at b.</summary>
    /// <remarks>
    /// A pixel gets darker the deeper its centre lies inside the line, over an edge about a pixel wide. That is
    /// nearly the share of the pixel's area that the line covers, which is what anti-aliasing requires. Overlapping
    /// lines do not add up: ink on ink is no darker.
    /// </remarks>
    public static void Line(Span<double> ink, int side, PenPoint a, PenPoint b, double ra, double rb)
    {
        var reach = Math.Max(ra, rb) + SoftEdge / 2;
        var left = Math.Max(0, (int)Math.Floor(Math.Min(a.X, b.X) - reach));
        var right = Math.Min(side - 1, (int)Math.Floor(Math.Max(a.X, b.X) + reach));
        var top = Math.Max(0, (int)Math.Floor(Math.Min(a.Y, b.Y) - reach));
        var bottom = Math.Min(side - 1, (int)Math.Floor(Math.Max(a.Y, b.Y) + reach));
        double dx = b.X - a.X, dy = b.Y - a.Y;
        var perLength = 1 / (dx * dx + dy * dy + 1e-12);
        for (var row = top; row <= bottom; row++)
            for (var column = left; column <= right; column++)
            {
                double px = column + 0.5 - a.X, py = row + 0.5 - a.Y;
                var t = Math.Min(1, Math.Max(0, (px * dx + py * dy) * perLength));
                double qx = px - t * dx, qy = py - t * dy;
                var depth = ra + t * (rb - ra) - Math.Sqrt(qx * qx + qy * qy);
                var cover = Math.Min(1, depth / SoftEdge + 0.5);
                ref var pixel = ref ink[row * side + column];
                pixel = Math.Max(pixel, cover);
            }
    }

    private static double PickRadius(RandomGenerator random)
    {
        var radius = 0.15 + 0.046 * random.NextNormal();
        return Math.Min(0.36, Math.Max(0.07, radius));
    }
}
