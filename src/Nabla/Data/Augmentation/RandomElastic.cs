namespace Nabla.Data;

/// <summary>
/// Elastic distortion (Simard, Steinkraus and Platt, 2003, section 2): as if the image were drawn on rubber. Each
/// pixel is displaced by u = α · (g ∗ n), where n is noise, uniform between −1 and 1 and drawn for each pixel and
/// direction, and g is a Gaussian with the standard deviation σ whose sum is 1.
/// </summary>
/// <remarks>
/// A large σ moves the image as a whole, a small one crumples it. The displacement of a pixel has the standard
/// deviation α / (σ·√(12·π)), in pixels: about 1 for σ = 6 and α = 36, which suits digits of 28 × 28. The noise
/// extends beyond the edges, so edges are displaced like everything else.
/// </remarks>
/// <param name="Sigma">σ, how smooth the displacement is, in pixels: more than 0, at most 1000.</param>
/// <param name="Alpha">α, how strong it is: from 0, which changes nothing, to a million.</param>
/// <exception cref="ArgumentException">One of them is out of range.</exception>
internal sealed record RandomElastic(double Sigma, double Alpha) : RandomDistortion
{
    /// <summary>σ, how smooth the displacement is, in pixels.</summary>
    public double Sigma { get; } = Checked(
        Sigma, Sigma is > 0 and <= 1000, "σ of an elastic distortion must be more than 0 and at most 1000 pixels");

    /// <summary>α, how strong the displacement is.</summary>
    public double Alpha { get; } = Checked(
        Alpha, Alpha is >= 0 and <= 1e6, "α of an elastic distortion must be from 0 to 1000000");

    /// <inheritdoc/>
    public override string Name => "elastic";

    private protected override double[] Numbers => [Sigma, Alpha];
}
