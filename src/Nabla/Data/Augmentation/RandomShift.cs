namespace Nabla.Data;

/// <summary>Moves an image sideways, and up or down: (x, y) ↦ (x + Δx, y + Δy), with two uniform integers.</summary>
/// <remarks>Both are whole pixels, so a shift alone moves pixels without blurring them.</remarks>
/// <param name="Pixels">The largest distance in each direction; at least 0.</param>
/// <exception cref="ArgumentException">It is negative.</exception>
internal sealed record RandomShift(int Pixels) : RandomDistortion, IAffineDistortion
{
    /// <summary>The largest distance in each direction, in pixels.</summary>
    public int Pixels { get; } = Checked(Pixels, Pixels >= 0, "The most pixels of a shift must be 0 or more");

    /// <inheritdoc/>
    public override string Name => "shift";

    private protected override double[] Numbers => [Pixels];

    AffineMap IAffineDistortion.Draw(RandomGenerator random) => AffineMap.Identity with
    {
        X = Pixels - random.NextInt(2 * Pixels + 1),
        Y = Pixels - random.NextInt(2 * Pixels + 1),
    };

    internal override string? FaultFor(ImageSize size) => Pixels < Math.Min(size.Height, size.Width)
        ? null
        : $"a shift by {Pixels} pixels can move images of {size} out of sight. "
            + "Take a smaller one, such as \"shift 2\".";
}
