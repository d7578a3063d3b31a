using Nabla.Formulas;

namespace Nabla;

/// <summary>
/// The sigmoid linear unit, also called swish: a = z·σ(z) (Elfwing, Uchibe and Doya, 2018, equation 5).
/// </summary>
/// <remarks>A smooth relative of <see cref="Relu"/> that dips a little below 0 before it rises.</remarks>
public sealed class Silu() : Activation<Silu.Formula>(default)
{
    /// <inheritdoc/>
    public override string SlopeFormula => "σ(z)·(1 + z·(1 − σ(z)))";

    /// <inheritdoc/>
    public override Initializer PreferredInitializer => Initializer.He;

    /// <summary>a = z·σ(z).</summary>
    public readonly struct Formula : IActivationFormula
    {
        /// <inheritdoc/>
        public V Value<V>(V z) where V : struct, ILanes<V> => z * Functions.Sigmoid(z);

        /// <inheritdoc/>
        public V Slope<V>(V z, V a) where V : struct, ILanes<V>
        {
            var s = Functions.Sigmoid(z);
            return s * V.MultiplyAdd(z, 1f - s, V.Of(1));               // (z·σ)′ = σ + z·σ·(1 − σ)
        }
    }
}
