namespace Nabla.Data;

/// <summary>A position on the paper: x to the right, y down.</summary>
/// <param name="X">Distance from the left.</param>
/// <param name="Y">Distance from the top.</param>
internal readonly record struct PenPoint(double X, double Y)
{
    public static PenPoint operator +(PenPoint a, PenPoint b) => new(a.X + b.X, a.Y + b.Y);
    public static PenPoint operator -(PenPoint a, PenPoint b) => new(a.X - b.X, a.Y - b.Y);
    public static PenPoint operator *(double s, PenPoint a) => new(s * a.X, s * a.Y);

    /// <summary>The distance to another point.</summary>
    public double DistanceTo(PenPoint other)
    {
        double dx = X - other.X, dy = Y - other.Y;
        return Math.Sqrt(dx * dx + dy * dy);
    }
}
