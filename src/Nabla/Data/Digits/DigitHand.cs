using Nabla.Formulas;

namespace Nabla.Data;

/// <summary>
/// The hand of one writer at one moment: it takes the form that the writer has in mind, and deforms it as a whole.
/// All waypoints of a digit go through the same hand, so neighbours move together and the digit stays a digit.
/// </summary>
/// <param name="random">The random numbers that make this moment differ from the next.</param>
/// <param name="height">The height of the digit, from <see cref="DigitShape.Height"/>.</param>
internal sealed class DigitHand(RandomGenerator random, double height)
{
    // How far the writer leans, how widely they write, and how they hold the sheet.
    private readonly double slant = 0.15 + 0.28 * random.NextNormal();
    private readonly double width = Math.Max(0.4, 1.08 + 0.26 * random.NextNormal());
    private readonly (double Sin, double Cos) turn = ScalarMath.SinCos(0.1 * random.NextNormal());

    // The warp: a polynomial of the position on the sheet, different for every image.
    private readonly double taperX = 0.14 * random.NextNormal();     // the top wider than the bottom
    private readonly double taperY = 0.14 * random.NextNormal();     // the left taller than the right
    private readonly double bowX = 0.11 * random.NextNormal();       // bent like a bow
    private readonly double bowY = 0.09 * random.NextNormal();
    private readonly double swayX = 0.14 * random.NextNormal();      // bent like an S
    private readonly double weightX = 0.11 * random.NextNormal();    // one side wider than the other
    private readonly double weightY = 0.20 * random.NextNormal();    // the top half taller than the lower half

    // How far a waypoint and a whole stroke go astray (in hundredths of the height), and an end (as a part of its
    // span).
    private const double Tremor = 4.5, StrokeSlip = 3.5, EndSlip = 0.28;

    /// <summary>Returns the waypoints that the pen really passes.</summary>
    public Waypoint[] Move(ReadOnlySpan<Waypoint> stroke)
    {
        var moved = stroke.ToArray();
        var slip = StrokeSlip * Anywhere();
        for (var i = 0; i < moved.Length; i++)
            moved[i] = stroke[i] with { Place = stroke[i].Place + slip + Tremor * Anywhere() };
        moved[0] = Overshoot(moved[0], moved[1]);
        moved[^1] = Overshoot(moved[^1], moved[^2]);
        for (var i = 0; i < moved.Length; i++)
            moved[i] = moved[i] with { Place = Deform(moved[i].Place) };
        return moved;
    }

    /// <summary>Makes the pen start or stop a little early or late.</summary>
    private Waypoint Overshoot(Waypoint end, Waypoint neighbour) =>
        end with { Place = end.Place + EndSlip * random.NextNormal() * (end.Place - neighbour.Place) };

    private PenPoint Anywhere() => new(random.NextNormal(), random.NextNormal());

    private PenPoint Deform(PenPoint point)
    {
        double u = (point.X - 32) / 50, v = (point.Y - 50) / 50;      // v is −1 at the top and 1 at the bottom
        double u2 = u * u, v2 = v * v;
        var x = u + taperX * u * v + bowX * v2 + swayX * v * (v2 - 1) + weightX * u2;
        var y = v + taperY * u * v + bowY * u2 + weightY * v2;
        x = width * x - slant * y;
        return height * new PenPoint(turn.Cos * x - turn.Sin * y, turn.Sin * x + turn.Cos * y);
    }
}
