using Nabla.Formulas;
using Nabla.Kernels;

namespace Nabla;

/// <summary>The Gaussian error linear unit: a = z·Φ(z), where Φ(z) = ½·(1 + erf(z/√2)) is the normal distribution (Hendrycks and Gimpel, 2016).</summary>
/// <remarks>
/// A smooth relative of <see cref="Relu"/>. The paper's approximation with a hyperbolic tangent, a = ½·z·(1 + tanh u) with
/// u = √(2/π)·(z + 0.044715·z³), is offered too, since some trained networks were trained with it; it differs by up to 5e-4. Written
/// with ½·(1 + tanh u) = σ(2u), nothing cancels.
/// </remarks>
/// <param name="tanh">Whether to use the approximation, as <c>approximate="tanh"</c> in PyTorch.</param>
public sealed class Gelu(bool tanh = false) : Activation
{
    private const float Twice = 1.5957691f, Cubic = 0.044715f;      // 2·√(2/π), and the paper's constant

    /// <summary>Whether it is the approximation with a hyperbolic tangent.</summary>
    public bool Tanh { get; } = tanh;

    /// <inheritdoc/>
    public override string Description => Tanh ? "gelu tanh" : "gelu";

    /// <inheritdoc/>
    public override string SlopeFormula => Tanh ? "σ(2u) + z·σ′(2u)·2u′" : "Φ(z) + z·φ(z)";

    /// <inheritdoc/>
    public override Initializer PreferredInitializer => Initializer.He;

    /// <inheritdoc/>
    public override void Forward(Matrix x, Matrix y, Pass pass)
    {
        if (Tanh)
            y.Set(x, default(TanhValue));
        else
            y.Set(x, default(Value));
    }

    /// <inheritdoc/>
    protected override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX)
    {
        if (Tanh)
            dX.Set(dY, x, default(TanhDerivative));
        else
            dX.Set(dY, x, default(Derivative));
    }

    private readonly struct Value : IMap
    {
        public V Of<V>(V z) where V : struct, ILanes<V> => z * Functions.Normal(z, out _);
    }

    private readonly struct Derivative : IMap2
    {
        public V Of<V>(V dA, V z) where V : struct, ILanes<V>
        {
            var cumulative = Functions.Normal(z, out var density);
            return dA * V.MultiplyAdd(z, density, cumulative);              // Φ′ = φ, so (z·Φ)′ = Φ + z·φ
        }
    }

    private readonly struct TanhValue : IMap
    {
        public V Of<V>(V z) where V : struct, ILanes<V> => z * Functions.Sigmoid(Twice * z * (1f + Cubic * z * z));
    }

    private readonly struct TanhDerivative : IMap2
    {
        public V Of<V>(V dA, V z) where V : struct, ILanes<V>
        {
            z = V.AtMost(V.AtLeast(z, -100f), 100f);     // where the slope is 1 or 0, and z³ is still finite
            var square = z * z;
            var s = Functions.Sigmoid(Twice * z * (1f + Cubic * square));
            return dA * (s + z * s * (1f - s) * (Twice * (1f + 3 * Cubic * square)));
        }
    }
}
