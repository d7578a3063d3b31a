using Nabla.Formulas;

namespace Nabla.Data;

/// <summary>
/// Rotates an image about its centre by an angle θ, uniform from −Degrees to Degrees, anticlockwise where it is
/// positive: (x, y) ↦ (cos θ·x + sin θ·y, −sin θ·x + cos θ·y).
/// </summary>
/// <param name="Degrees">The largest angle, from 0 to 180.</param>
/// <exception cref="ArgumentException">It is out of range.</exception>
internal sealed record RandomRotation(double Degrees) : RandomDistortion, IAffineDistortion
{
    /// <summary>The largest angle, in degrees.</summary>
    public double Degrees { get; } = Checked(
        Degrees, Degrees is >= 0 and <= 180, "The largest angle of a rotation must be from 0 to 180 degrees");

    /// <inheritdoc/>
    public override string Name => "rotate";

    private protected override double[] Numbers => [Degrees];

    AffineMap IAffineDistortion.Draw(RandomGenerator random) => By(random.NextUniform(-Degrees, Degrees));

    internal static AffineMap By(double degrees)
    {
        var (sin, cos) = ScalarMath.SinCos(degrees * (Math.PI / 180));
        return new(cos, sin, 0, -sin, cos, 0);
    }
}
