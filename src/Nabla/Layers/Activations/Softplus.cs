using Nabla.Formulas;
using Nabla.Kernels;

namespace Nabla;

/// <summary>A rectifier without a kink: a = ln(1 + eᶻ) (Dugas, Bengio, Bélisle, Nadeau and Garcia, 2001).</summary>
/// <remarks>Its slope is the sigmoid. Always positive, so it also serves as the last layer for what cannot be negative.</remarks>
public sealed class Softplus : Activation
{
    /// <inheritdoc/>
    public override string SlopeFormula => "σ(z)";

    /// <inheritdoc/>
    public override (float Least, float Most) Range => (0, float.PositiveInfinity);

    /// <inheritdoc/>
    public override Initializer PreferredInitializer => Initializer.He;

    /// <inheritdoc/>
    public override void Forward(Matrix x, Matrix y, Pass pass) => y.Set(x, default(Value));

    /// <inheritdoc/>
    protected override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX) => dX.Set(dY, x, default(Derivative));

    private readonly struct Value : IMap
    {
        public V Of<V>(V z) where V : struct, ILanes<V> => Functions.Softplus(z);
    }

    private readonly struct Derivative : IMap2
    {
        public V Of<V>(V dA, V z) where V : struct, ILanes<V> => dA * Functions.Sigmoid(z);
    }
}
