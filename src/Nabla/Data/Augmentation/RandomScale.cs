namespace Nabla.Data;

/// <summary>
/// Makes an image wider or narrower, and taller or flatter, about its centre: (x, y) ↦ (s·x, t·y), with two independent
/// factors, uniform from 1 − Share to 1 + Share.
/// </summary>
/// <param name="Share">How far the factors may be from 1: at least 0, less than 1.</param>
/// <exception cref="ArgumentException">It is out of range.</exception>
internal sealed record RandomScale(double Share) : RandomDistortion, IAffineDistortion
{
    /// <summary>How far the factors may be from 1.</summary>
    public double Share { get; } = Checked(
        Share,
        Share is >= 0 and < 1,
        "The share of a scaling must be at least 0 and less than 1, as in 0.1 for up to a tenth larger or smaller");

    /// <inheritdoc/>
    public override string Name => "scale";

    private protected override double[] Numbers => [Share];

    AffineMap IAffineDistortion.Draw(RandomGenerator random) => AffineMap.Identity with
    {
        XX = 1 + random.NextUniform(-Share, Share),
        YY = 1 + random.NextUniform(-Share, Share),
    };
}
