using Nabla.Algebra;

namespace Nabla.Losses;

/// <summary>
/// The cross-entropy of one class out of several, from logits z: C = −1/B · Σ over examples of Σᵢ yᵢ·ln pᵢ, where p = softmax(z).
/// </summary>
/// <remarks>
/// Softmax and logarithm are one step: −ln pᵢ = ln Σⱼ e^zⱼ − zᵢ, which neither overflows nor takes the logarithm of 0. Then
/// ∂C/∂z = (p·Σy − y)/B: where the targets of an example sum to 1, probability minus target. Bridle (1990);
/// Goodfellow, Bengio and Courville, <i>Deep Learning</i>, section 6.2.2.3.
/// </remarks>
public sealed class SoftmaxCrossEntropy : Loss
{
    /// <inheritdoc/>
    public override string Name => "softmax-cross-entropy";

    /// <inheritdoc/>
    public override string DerivativeFormula => "p − y";

    /// <inheritdoc/>
    public override bool TakesLogits => true;

    /// <inheritdoc/>
    protected override void ComputeMeaning(ReadOnlySpan<float> output, Span<float> meaning) => Rows.Softmax(output, meaning);

    /// <inheritdoc/>
    protected override double CostOfExample(ReadOnlySpan<float> output, ReadOnlySpan<float> target)
    {
        var max = Rows.Max(output);
        var logSum = Rows.LogSumExpAboveMax(output, max);
        var cost = 0.0;
        for (var i = 0; i < output.Length; i++)
            if (target[i] != 0)
                cost += target[i] * ((double)max - output[i] + logSum);             // −yᵢ·ln pᵢ
        return cost;
    }

    /// <inheritdoc/>
    protected override void ComputeBackward(Matrix output, Matrix target, Matrix dOutput)
    {
        for (var example = 0; example < output.Rows; example++)
        {
            Span<float> y = target.Row(example), dZ = dOutput.Row(example);
            var p = dZ;                                                     // the probabilities, until they become dZ below
            Rows.Softmax(output.Row(example), p);
            var total = 0f;
            foreach (var share in y)
                total += share;
            for (var i = 0; i < dZ.Length; i++)
                dZ[i] = (p[i] * total - y[i]) / output.Rows;                // ∂C/∂z = (p − y)/B, where Σy = 1
        }
    }
}
