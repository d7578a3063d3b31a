using Nabla.Formulas;

namespace Nabla;

/// <summary>
/// A rectifier without a kink: a = ln(1 + eᶻ) (Dugas, Bengio, Bélisle, Nadeau and Garcia, 2001).
/// </summary>
/// <remarks>
/// Its slope is the sigmoid. It is always positive, so it also serves as the last layer where an output cannot be
/// negative.
/// </remarks>
public sealed class Softplus() : Activation<Softplus.Formula>(default)
{
    /// <inheritdoc/>
    public override string SlopeFormula => "σ(z)";

    /// <inheritdoc/>
    public override Initializer PreferredInitializer => Initializer.He;

    /// <inheritdoc/>
    public override (float Least, float Most) Range => (0, float.PositiveInfinity);

    /// <summary>a = ln(1 + eᶻ).</summary>
    public readonly struct Formula : IActivationFormula
    {
        /// <inheritdoc/>
        public V Value<V>(V z) where V : struct, ILanes<V> => Functions.Softplus(z);

        /// <inheritdoc/>
        public V Slope<V>(V z, V a) where V : struct, ILanes<V> => Functions.Sigmoid(z);
    }
}
