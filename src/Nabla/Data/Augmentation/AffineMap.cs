namespace Nabla.Data;

/// <summary>
/// An affine map of the plane, x to the right and y down: (x, y) ↦ (XX·x + XY·y + X, YX·x + YY·y + Y). Straight lines stay straight.
/// </summary>
internal readonly record struct AffineMap(double XX, double XY, double X, double YX, double YY, double Y)
{
    /// <summary>Leaves everything where it is.</summary>
    public static AffineMap Identity { get; } = new(1, 0, 0, 0, 1, 0);

    /// <summary>This map, and then another: their product, as matrices, is <paramref name="next"/>·this.</summary>
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

    /// <summary>The same map with (x, y) in the place of the origin: what turned about the origin turns about it.</summary>
    public AffineMap About(double x, double y) => new AffineMap(1, 0, -x, 0, 1, -y).Then(this).Then(new(1, 0, x, 0, 1, y));
}
