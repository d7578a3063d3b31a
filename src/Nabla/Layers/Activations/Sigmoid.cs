using Nabla.Formulas;

namespace Nabla;

/// <summary>The logistic function: a = σ(z) = 1 / (1 + e⁻ᶻ), from 0 to 1.</summary>
/// <remarks>
/// Its slope follows from its value: σ′(z) = a·(1 − a). It is 1/4 at most, and near 0 where a neuron is saturated.
/// </remarks>
public sealed class Sigmoid : Activation
{
    /// <inheritdoc/>
    public override string SlopeFormula => "a·(1 − a)";

    /// <inheritdoc/>
    public override Initializer PreferredInitializer => Initializer.Glorot;

    /// <inheritdoc/>
    public override (float Least, float Most) Range => (0, 1);

    /// <inheritdoc/>
    public override void Forward(Matrix x, Matrix y, Pass pass) => y.Set(x, default(Value));

    /// <inheritdoc/>
    public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
    {
        if (!dX.IsEmpty)
            dX.Set(dY, y, default(Derivative));
    }

    private readonly struct Value : IUnaryFormula
    {
        public V Of<V>(V z) where V : struct, ILanes<V> => Functions.Sigmoid(z);
    }

    private readonly struct Derivative : IBinaryFormula
    {
        public V Of<V>(V dA, V a) where V : struct, ILanes<V> => dA * a * (1f - a);    // ∂C/∂z = ∂C/∂a · a(1 − a)
    }
}
