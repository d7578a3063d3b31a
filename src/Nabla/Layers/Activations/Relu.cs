using Nabla.Formulas;

namespace Nabla;

/// <summary>The rectifier: a = z where z &gt; 0, else 0.</summary>
/// <remarks>
/// A gate: its slope is 1 or 0, so a derivative passes unchanged or not at all. At the kink, z = 0, the slope is
/// taken to be 0, as in PyTorch.
/// </remarks>
public sealed class Relu() : Activation<Relu.Formula>(default)
{
    /// <inheritdoc/>
    public override string SlopeFormula => "1 where z > 0, else 0";

    /// <inheritdoc/>
    public override Initializer PreferredInitializer => Initializer.He;

    /// <inheritdoc/>
    public override int KinkSignature(Matrix x, Pass pass) => Rows.HashOfSigns(x.ReadOnlyValues);

    /// <inheritdoc/>
    public override (float Least, float Most) Range => (0, float.PositiveInfinity);

    /// <summary>a = max(z, 0).</summary>
    public readonly struct Formula : IActivationFormula
    {
        /// <inheritdoc/>
        public static bool ZeroSlopeBlocks => true;

        /// <inheritdoc/>
        public V Value<V>(V z) where V : struct, ILanes<V> => V.WhereLess(z, V.Of(0), V.Of(0), z);

        /// <inheritdoc/>
        public V Slope<V>(V z, V a) where V : struct, ILanes<V> => V.WhereLess(V.Of(0), z, V.Of(1), V.Of(0));
    }
}
