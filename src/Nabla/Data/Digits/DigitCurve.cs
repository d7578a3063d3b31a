namespace Nabla.Data;

/// <summary>Computes the path of the pen from waypoints: centripetal Catmull–Rom splines, broken at corners.</summary>
/// <remarks>
/// A Catmull–Rom spline passes through its control points; the centripetal one, with knots √distance apart, has no
/// loop or cusp between them (Yuksel, Schaefer and Keyser, "Parameterization and applications of Catmull–Rom curves",
/// 2011). It is evaluated by the pyramid of Barry and Goldman, "A recursive evaluation algorithm", 1988.
/// </remarks>
internal static class DigitCurve
{
    private const int PiecesPerSpan = 6;

    /// <summary>Returns the path as points close enough together to be joined by straight lines.</summary>
    public static PenPoint[] Through(ReadOnlySpan<Waypoint> stroke)
    {
        var path = new PenPoint[(stroke.Length - 1) * PiecesPerSpan + 1];
        var n = 0;
        for (var i = 0; i + 1 < stroke.Length; i++)
        {
            PenPoint from = stroke[i].Place, to = stroke[i + 1].Place;
            // An end or a corner has no neighbour for the curve to flow from: mirror the next point instead.
            var before = i == 0 || stroke[i].IsCorner ? from + (from - to) : stroke[i - 1].Place;
            var after = i + 2 == stroke.Length || stroke[i + 1].IsCorner ? to + (to - from) : stroke[i + 2].Place;
            double t1 = Knot(before, from), t2 = t1 + Knot(from, to), t3 = t2 + Knot(to, after);
            for (var k = 0; k < PiecesPerSpan; k++)
                path[n++] = Evaluate(before, from, to, after, t1, t2, t3, t1 + (t2 - t1) * k / PiecesPerSpan);
        }
        path[n] = stroke[^1].Place;
        return path;
    }

    /// <summary>√distance, but never 0, because it is a divisor.</summary>
    private static double Knot(PenPoint a, PenPoint b) => Math.Sqrt(a.DistanceTo(b)) + 1e-6;

    private static PenPoint Evaluate(
        PenPoint p0, PenPoint p1, PenPoint p2, PenPoint p3, double t1, double t2, double t3, double t)
    {
        PenPoint a1 = Mix(p0, p1, 0, t1, t), a2 = Mix(p1, p2, t1, t2, t), a3 = Mix(p2, p3, t2, t3, t);
        return Mix(Mix(a1, a2, 0, t2, t), Mix(a2, a3, t1, t3, t), t1, t2, t);
    }

    /// <summary>The linear interpolation that is a at time ta and b at time tb.</summary>
    private static PenPoint Mix(PenPoint a, PenPoint b, double ta, double tb, double t) =>
        a + (t - ta) / (tb - ta) * (b - a);
}
