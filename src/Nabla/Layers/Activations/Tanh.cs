using Nabla.Formulas;

namespace Nabla;

/// <summary>The hyperbolic tangent: a = tanh z, from −1 to 1.</summary>
/// <remarks>A sigmoid that is centred on 0. Its slope is 1 − a².</remarks>
public sealed class Tanh() : Activation<Tanh.Formula>(default)
{
    /// <inheritdoc/>
    public override string SlopeFormula => "1 − a²";

    /// <inheritdoc/>
    public override Initializer PreferredInitializer => Initializer.Glorot;

    /// <inheritdoc/>
    public override (float Least, float Most) Range => (-1, 1);

    /// <summary>a = tanh z.</summary>
    public readonly struct Formula : IActivationFormula
    {
        /// <inheritdoc/>
        public V Value<V>(V z) where V : struct, ILanes<V> => Functions.Tanh(z);

        /// <inheritdoc/>
        public V Slope<V>(V z, V a) where V : struct, ILanes<V> => 1f - a * a;
    }
}
