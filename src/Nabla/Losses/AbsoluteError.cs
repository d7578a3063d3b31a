using Nabla.Formulas;

namespace Nabla;

/// <summary>The absolute error: C = 1/B · Σ over examples of Σ over outputs of |a − y|.</summary>
/// <remarks>
/// ∂C/∂a = sign(a − y)/B, and 0 where a = y, as in PyTorch. An output that is a little off is pulled as hard as one
/// that is far off, so a few wrong targets do not lead the network astray: the best constant prediction is their
/// median, not their mean.
/// </remarks>
public sealed class AbsoluteError() : ElementwiseLoss<AbsoluteError.Formula>(default)
{
    /// <inheritdoc/>
    public override string Name => "absolute-error";

    /// <inheritdoc/>
    public override string DerivativeFormula => "1 where a > y, −1 where a < y";

    /// <inheritdoc/>
    public override int KinkSignature(Matrix output, Matrix target) =>
        Rows.HashOfSigns(Rows.Differences(output.ReadOnlyValues, target.ReadOnlyValues));

    /// <summary>|a − y|.</summary>
    public readonly struct Formula : ILossFormula
    {
        /// <inheritdoc/>
        public double Cost(double a, double y) => Math.Abs(a - y);

        /// <inheritdoc/>
        public V Slope<V>(V a, V y) where V : struct, ILanes<V> =>              // sign(a − y); NaN if one of them is
            V.WhereLess(a, y, V.Of(-1), V.WhereLess(y, a, V.Of(1), a - y));
    }
}
