using Nabla.Formulas;

namespace Nabla.Data;

/// <summary>
/// Slants an image: what was upright leans to the right by an angle θ, uniform from −Degrees to Degrees (to the left
/// where it is negative), and lines of writing stay level: (x, y) ↦ (x − tan θ·y, y).
/// </summary>
/// <param name="Degrees">The largest angle: at least 0, less than 90.</param>
/// <exception cref="ArgumentException">It is out of range.</exception>
internal sealed record RandomShear(double Degrees) : RandomDistortion, IAffineDistortion
{
    /// <summary>The largest angle, in degrees.</summary>
    public double Degrees { get; } = Checked(
        Degrees, Degrees is >= 0 and < 90, "The largest angle of a shear must be at least 0 and less than 90 degrees");

    /// <inheritdoc/>
    public override string Name => "shear";

    private protected override double[] Numbers => [Degrees];

    AffineMap IAffineDistortion.Draw(RandomGenerator random) => By(random.NextUniform(-Degrees, Degrees));

    internal static AffineMap By(double degrees)
    {
        var (sin, cos) = ScalarMath.SinCos(degrees * (Math.PI / 180));
        return AffineMap.Identity with { XY = -sin / cos };
    }
}
