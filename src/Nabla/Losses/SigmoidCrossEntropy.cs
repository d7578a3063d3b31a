using Nabla.Algebra;
using Nabla.Kernels;

namespace Nabla.Losses;

/// <summary>
/// The cross-entropy of independent yes-or-no questions, one for each output, from logits z:
/// C = −1/B · Σ over examples and outputs of y·ln p + (1 − y)·ln(1 − p), where p = σ(z).
/// </summary>
/// <remarks>
/// Computed as max(z, 0) − z·y + ln(1 + e^−|z|), which neither overflows nor takes the logarithm of 0; ∂C/∂z = (p − y)/B.
/// The 1/σ′ that slows a squared error down has cancelled: Nielsen, <i>Neural Networks and Deep Learning</i>, chapter 3.
/// </remarks>
public sealed class SigmoidCrossEntropy : Loss
{
    /// <inheritdoc/>
    public override string Name => "sigmoid-cross-entropy";

    /// <inheritdoc/>
    public override string DerivativeFormula => "p − y";

    /// <inheritdoc/>
    public override bool TakesLogits => true;

    /// <inheritdoc/>
    protected override void ComputeMeaning(ReadOnlySpan<float> output, Span<float> meaning) =>
        Elementwise.Map(output, meaning, default(Probability));

    /// <inheritdoc/>
    protected override double CostOfExample(ReadOnlySpan<float> output, ReadOnlySpan<float> target)
    {
        var cost = 0.0;
        for (var i = 0; i < output.Length; i++)
        {
            double z = output[i], y = target[i];
            cost += Math.Max(z, 0) - z * y + Rows.LogOnePlusExp(-MathF.Abs(output[i]));
        }
        return cost;
    }

    /// <inheritdoc/>
    protected override void ComputeBackward(Matrix output, Matrix target, Matrix dOutput) =>
        dOutput.Set(output, target, new Derivative(1f / output.Rows));

    private readonly struct Probability : IMap
    {
        public V Of<V>(V z) where V : struct, ILanes<V> => Functions.Sigmoid(z);
    }

    private readonly struct Derivative(float oneOverB) : IMap2
    {
        public V Of<V>(V z, V y) where V : struct, ILanes<V> => oneOverB * (Functions.Sigmoid(z) - y);    // (p − y)/B
    }
}
