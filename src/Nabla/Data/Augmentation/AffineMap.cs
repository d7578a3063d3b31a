namespace Nabla.Data;

/// <summary>
/// An affine map of the plane, with x to the right and y down: (x, y) ↦ (XX·x + XY·y + X, YX·x + YY·y + Y). Straight
/// lines stay straight.
/// </summary>
internal readonly record struct AffineMap(double XX, double XY, double X, double YX, double YY, double Y)
{
    /// <summary>The map that leaves every point where it is.</summary>
    public static AffineMap Identity { get; } = new(1, 0, 0, 0, 1, 0);

    /// <summary>This map followed by another: as matrices, the product <paramref name="next"/>·this.</summary>
    public AffineMap Then(AffineMap next) => new(
        next.XX * XX + next.XY * YX, next.XX * XY + next.XY * YY, next.XX * X + next.XY * Y + next.X,
        next.YX * XX + next.YY * YX, next.YX * XY + next.YY * YY, next.YX * X + next.YY * Y + next.Y);

    /// <summary>The map that undoes this one.</summary>
    public AffineMap Inverse()
    {
        var determinant = XX * YY - XY * YX;
        double xx = YY / determinant, xy = -XY / determinant, yx = -YX / determinant, yy = XX / determinant;
        return new(xx, xy, -(xx * X + xy * Y), yx, yy, -(yx * X + yy * Y));
    }

    /// <summary>The same map with (x, y) as its origin:
    /// a rotation about the origin becomes a rotation about (x, y).</summary>
    public AffineMap About(double x, double y) =>
        new AffineMap(1, 0, -x, 0, 1, -y).Then(this).Then(new(1, 0, x, 0, 1, y));
}
