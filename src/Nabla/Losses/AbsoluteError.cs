using Nabla.Formulas;
using Nabla.Kernels;

namespace Nabla;

/// <summary>The absolute error: C = 1/B · Σ over examples of Σ over outputs of |a − y|.</summary>
/// <remarks>
/// ∂C/∂a = sign(a − y)/B, and 0 where a = y, as in PyTorch. It pulls as hard at an output that is a little off as at one that is far off, so a few
/// wrong targets do not lead it astray: the best constant prediction is their median, not their mean.
/// </remarks>
public sealed class AbsoluteError : Loss
{
    /// <inheritdoc/>
    public override string Name => "absolute-error";

    /// <inheritdoc/>
    public override string DerivativeFormula => "1 where a > y, −1 where a < y";

    /// <inheritdoc/>
    public override int KinkSignature(Matrix output, Matrix target) => Rows.HashOfSigns(Rows.Differences(output.Values, target.Values));

    /// <inheritdoc/>
    protected override double CostOfExample(ReadOnlySpan<float> output, ReadOnlySpan<float> target)
    {
        var cost = 0.0;
        for (var i = 0; i < output.Length; i++)
            cost += Math.Abs((double)output[i] - target[i]);                // Σ |a − y|
        return cost;
    }

    /// <inheritdoc/>
    protected override void ComputeBackward(Matrix output, Matrix target, Matrix dOutput) =>
        dOutput.Set(output, target, new Derivative(1f / output.Rows));

    private readonly struct Derivative(float oneOverB) : IMap2
    {
        public V Of<V>(V a, V y) where V : struct, ILanes<V> =>             // ∂C/∂a = sign(a − y)/B
            V.WhereLess(a, y, V.Of(-oneOverB), V.WhereLess(y, a, V.Of(oneOverB), a - y));
    }
}
