using System.Globalization;
using Nabla.Formulas;

namespace Nabla;

/// <summary>
/// The cross-entropy of independent yes-or-no questions, one per output, from logits z:
/// C = −1/B · Σ over examples and outputs of y·ln p + (1 − y)·ln(1 − p), where p = σ(z).
/// </summary>
/// <remarks>
/// Computed as max(z, 0) − z·y + ln(1 + e^−|z|), which neither overflows nor takes the logarithm of 0; ∂C/∂z = (p −
/// y)/B. The σ′ that slows a squared error down has cancelled: Nielsen, <i>Neural Networks and Deep Learning</i>,
/// chapter 3. With a positive weight c, the first term is c·y·ln p, and ∂C/∂z = (p·(1 + (c − 1)·y) − c·y)/B.
/// </remarks>
public sealed class SigmoidCrossEntropy : Loss
{
    /// <inheritdoc/>
    public override string Name => "sigmoid-cross-entropy";

    /// <summary>
    /// c, the weight of a yes; usually 1. Where only one answer in ten is yes, 9 gives yes and no the same weight. The
    /// cost is still divided by B, as with PyTorch's pos_weight.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive, or not finite.</exception>
    public double PositiveWeight
    {
        get; init => field = value > 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(value), value,
                string.Create(
                    CultureInfo.InvariantCulture, $"The positive weight must be positive and finite, not {value}."));
    } = 1;

    /// <inheritdoc/>
    public override string Description => PositiveWeight == 1
        ? Name
        : string.Create(CultureInfo.InvariantCulture, $"{Name} positive-weight {PositiveWeight}");

    /// <inheritdoc/>
    public override string DerivativeFormula => PositiveWeight == 1
        ? "p − y"
        : string.Create(CultureInfo.InvariantCulture, $"p·(1 − y + {PositiveWeight}·y) − {PositiveWeight}·y");

    /// <inheritdoc/>
    public override bool TakesLogits => true;

    /// <inheritdoc/>
    protected override void ComputeMeaning(ReadOnlySpan<float> output, Span<float> meaning) =>
        Rows.Sigmoid(output, meaning);

    /// <inheritdoc/>
    protected override double CostOfExample(ReadOnlySpan<float> output, ReadOnlySpan<float> target)
    {
        var cost = 0.0;
        for (var i = 0; i < output.Length; i++)
        {
            double z = output[i], y = target[i];
            var surprise = Rows.LogOnePlusExp(-Math.Abs(z));                // of the likelier answer: −ln max(p, 1 − p)
            cost += Math.Max(z, 0) - z * y + surprise;
            if (PositiveWeight != 1)
                cost += (PositiveWeight - 1) * y * (Math.Max(-z, 0) + surprise);        // c·y instead of y
        }
        return cost;
    }

    /// <inheritdoc/>
    protected override void ComputeBackward(Matrix output, Matrix target, Matrix dOutput) =>
        dOutput.Set(output, target, new Derivative((float)PositiveWeight, 1f / output.Rows));

    private readonly struct Derivative(float c, float oneOverB) : IBinaryFormula
    {
        public V Of<V>(V z, V y) where V : struct, ILanes<V> =>             // (p·(1 + (c − 1)·y) − c·y)/B
            oneOverB * (Functions.Sigmoid(z) * (1f + (c - 1f) * y) - c * y);
    }
}
