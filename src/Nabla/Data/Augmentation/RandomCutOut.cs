namespace Nabla.Data;

/// <summary>
/// Cut-out (DeVries and Taylor, 2017): a square of the image becomes background, so that no single part of it can be
/// relied on.
/// </summary>
/// <remarks>The centre of the square is uniform over the pixels of the image,
/// so the square often lies partly outside, as in the paper.</remarks>
/// <param name="Side">The width and height of the square, in pixels; at least 1.</param>
/// <exception cref="ArgumentException">It is not positive.</exception>
internal sealed record RandomCutOut(int Side) : RandomDistortion
{
    /// <summary>The width and height of the square, in pixels.</summary>
    public int Side { get; } = Checked(Side, Side >= 1, "The side of a cut-out must be at least 1 pixel");

    /// <inheritdoc/>
    public override string Name => "cutout";

    private protected override double[] Numbers => [Side];

    internal override string? FaultFor(ImageSize size) => Side <= Math.Min(size.Height, size.Width)
        ? null
        : $"a cut-out of {Side} × {Side} pixels is larger than images of {size}. Take a smaller one, "
            + $"such as \"cutout {Math.Max(1, Math.Min(size.Height, size.Width) / 4)}\".";

    /// <summary>Cuts a square out of an image.</summary>
    internal void Draw(RandomGenerator random, Span<float> image, ImageSize size, float background)
    {
        int top = random.NextInt(size.Height) - Side / 2, left = random.NextInt(size.Width) - Side / 2;
        int from = Math.Max(0, left), to = Math.Min(size.Width, left + Side);
        for (var y = Math.Max(0, top); y < Math.Min(size.Height, top + Side); y++)
            image[(y * size.Width + from)..(y * size.Width + to)].Fill(background);
    }
}
