using Nabla.Formulas;
using Nabla.Kernels;

namespace Nabla;

/// <summary>The rectifier: a = z where z &gt; 0, else 0.</summary>
/// <remarks>
/// Its slope is 1 or 0, so a derivative passes whole or not at all. At the kink, z = 0, the slope is taken to be 0, as
/// PyTorch takes it.
/// </remarks>
public sealed class Relu : Activation
{
    /// <inheritdoc/>
    public override string SlopeFormula => "1 where z > 0, else 0";

    /// <inheritdoc/>
    public override Initializer PreferredInitializer => Initializer.He;

    /// <inheritdoc/>
    public override int KinkSignature(Matrix x, Pass pass) => Rows.HashOfSigns(x.ReadOnlyValues);

    /// <inheritdoc/>
    public override (float Least, float Most) Range => (0, float.PositiveInfinity);

    /// <inheritdoc/>
    public override void Forward(Matrix x, Matrix y, Pass pass) => y.Set(x, default(Value));

    /// <inheritdoc/>
    protected override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX) => dX.Set(dY, x, default(Derivative));

    private readonly struct Value : IMap
    {
        public V Of<V>(V z) where V : struct, ILanes<V> => V.WhereLess(z, V.Of(0), V.Of(0), z);
    }

    private readonly struct Derivative : IMap2
    {
        public V Of<V>(V dA, V z) where V : struct, ILanes<V> => V.WhereLess(V.Of(0), z, dA, V.Of(0));
    }
}
