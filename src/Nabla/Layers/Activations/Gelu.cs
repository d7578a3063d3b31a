using System.Runtime.CompilerServices;
using Nabla.Formulas;

namespace Nabla;

/// <summary>
/// The Gaussian error linear unit: a = z·Φ(z), where Φ(z) = ½·(1 + erf(z/√2)) is the normal distribution (Hendrycks and
/// Gimpel, 2016).
/// </summary>
/// <remarks>
/// A smooth relative of <see cref="Relu"/>. The paper also gives an approximation with a hyperbolic tangent:
/// a = ½·z·(1 + tanh u) with u = √(2/π)·(z + 0.044715·z³). It is offered because some networks were trained with it; it
/// differs by up to 5e-4. Here it is written with ½·(1 + tanh u) = σ(2u), where nothing cancels.
/// </remarks>
/// <param name="tanh">Whether to use the approximation, as <c>approximate="tanh"</c> in PyTorch.</param>
public sealed class Gelu(bool tanh = false) : Activation<Gelu.Formula>(new(tanh))
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

    /// <summary>a = z·Φ(z), or z·σ(2u).</summary>
    public readonly struct Formula(bool tanh) : IActivationFormula
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Value<V>(V z) where V : struct, ILanes<V> => z * (tanh
            ? Functions.Sigmoid(Twice * z * (1f + Cubic * z * z))
            : Functions.Normal(z, out _));

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Slope<V>(V z, V a) where V : struct, ILanes<V>
        {
            if (tanh)
                return TanhSlope(z);
            var cumulative = Functions.Normal(z, out var density);
            return V.MultiplyAdd(z, density, cumulative);               // Φ′ = φ, so (z·Φ)′ = Φ + z·φ
        }

        private static V TanhSlope<V>(V z) where V : struct, ILanes<V>
        {
            z = V.AtMost(V.AtLeast(z, -100f), 100f);                    // beyond, the slope is 0 or 1, and z³ overflows
            var square = z * z;
            var s = Functions.Sigmoid(Twice * z * (1f + Cubic * square));
            return s + z * s * (1f - s) * (Twice * (1f + 3 * Cubic * square));
        }
    }
}
