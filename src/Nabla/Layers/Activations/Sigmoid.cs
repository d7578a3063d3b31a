using Nabla.Formulas;

namespace Nabla;

/// <summary>The logistic function: a = σ(z) = 1 / (1 + e⁻ᶻ), from 0 to 1.</summary>
/// <remarks>
/// Its slope follows from its value: σ′(z) = a·(1 − a). It is 1/4 at most, and near 0 where a neuron is saturated.
/// </remarks>
public sealed class Sigmoid() : Activation<Sigmoid.Formula>(default)
{
    /// <inheritdoc/>
    public override string SlopeFormula => "a·(1 − a)";

    /// <inheritdoc/>
    public override Initializer PreferredInitializer => Initializer.Glorot;

    /// <inheritdoc/>
    public override (float Least, float Most) Range => (0, 1);

    /// <summary>a = σ(z).</summary>
    public readonly struct Formula : IActivationFormula
    {
        /// <inheritdoc/>
        public V Value<V>(V z) where V : struct, ILanes<V> => Functions.Sigmoid(z);

        /// <inheritdoc/>
        public V Slope<V>(V z, V a) where V : struct, ILanes<V> => a * (1f - a);
    }
}
