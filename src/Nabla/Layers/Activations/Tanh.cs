using Nabla.Formulas;
using Nabla.Kernels;

namespace Nabla;

/// <summary>The hyperbolic tangent: a = tanh z, from −1 to 1.</summary>
/// <remarks>A sigmoid that is centred on 0; its slope is 1 − a².</remarks>
public sealed class Tanh : Activation
{
    /// <inheritdoc/>
    public override string SlopeFormula => "1 − a²";

    /// <inheritdoc/>
    public override Initializer PreferredInitializer => Initializer.Glorot;

    /// <inheritdoc/>
    public override (float Least, float Most) Range => (-1, 1);

    /// <inheritdoc/>
    public override void Forward(Matrix x, Matrix y, Pass pass) => y.Set(x, default(Value));

    /// <inheritdoc/>
    protected override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX) => dX.Set(dY, y, default(Derivative));

    private readonly struct Value : IMap
    {
        public V Of<V>(V z) where V : struct, ILanes<V> => Functions.Tanh(z);
    }

    private readonly struct Derivative : IMap2
    {
        public V Of<V>(V dA, V a) where V : struct, ILanes<V> => dA * (1f - a * a);    // ∂C/∂z = ∂C/∂a · (1 − a²)
    }
}
