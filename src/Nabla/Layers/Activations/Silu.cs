using Nabla.Formulas;
using Nabla.Kernels;

namespace Nabla;

/// <summary>The sigmoid linear unit, also called swish: a = z·σ(z) (Elfwing, Uchibe and Doya, 2018, equation 5).</summary>
/// <remarks>A smooth relative of <see cref="Relu"/> that dips a little below 0 before it rises.</remarks>
public sealed class Silu : Activation
{
    /// <inheritdoc/>
    public override string SlopeFormula => "σ(z)·(1 + z·(1 − σ(z)))";

    /// <inheritdoc/>
    public override Initializer PreferredInitializer => Initializer.He;

    /// <inheritdoc/>
    public override void Forward(Matrix x, Matrix y, Pass pass) => y.Set(x, default(Value));

    /// <inheritdoc/>
    protected override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX) => dX.Set(dY, x, default(Derivative));

    private readonly struct Value : IMap
    {
        public V Of<V>(V z) where V : struct, ILanes<V> => z * Functions.Sigmoid(z);
    }

    private readonly struct Derivative : IMap2
    {
        public V Of<V>(V dA, V z) where V : struct, ILanes<V>
        {
            var s = Functions.Sigmoid(z);
            return dA * (s * V.MultiplyAdd(z, 1f - s, V.Of(1)));            // (z·σ)′ = σ + z·σ·(1 − σ)
        }
    }
}
