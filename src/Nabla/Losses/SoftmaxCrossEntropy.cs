namespace Nabla;

/// <summary>
/// The cross-entropy of one class out of several, from logits z: C = −1/B · Σ over examples of Σᵢ yᵢ·ln pᵢ, where
/// p = softmax(z).
/// </summary>
/// <remarks>
/// <para>Softmax and logarithm are computed in one step: −ln pᵢ = ln Σⱼ e^zⱼ − zᵢ, which neither overflows nor takes
/// the logarithm of 0. Then ∂C/∂z = (p·Σy − y)/B. If the targets of an example sum to 1, this is (p − y)/B: probability
/// minus target. Bridle (1990); Goodfellow, Bengio and Courville, <i>Deep Learning</i>, section 6.2.2.3.</para>
/// <para>Smoothing and class weights only change the targets: yᵢ becomes tᵢ = wᵢ·((1 − ε)·yᵢ + ε/K). With weights, the
/// mean is weighted, as in PyTorch: divided by Σ w[class] over the examples of the batch instead of by B.</para>
/// </remarks>
public sealed class SoftmaxCrossEntropy : Loss
{
    private double[] weights = [];

    /// <inheritdoc/>
    public override string Name => "softmax-cross-entropy";

    /// <summary>
    /// ε, the share of each target that is spread evenly over all K classes; 0 for none, often 0.1. The network is
    /// then no longer driven to certainty: no logit has to grow for ever. Szegedy and others (2016), <i>Rethinking
    /// the Inception architecture</i>, section 7.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not at least 0 and less than 1.</exception>
    public double Smoothing
    {
        get; init => field = value is >= 0 and < 1
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(value), value,
                FormattableString.Invariant($"The label smoothing must be at least 0 and less than 1, not {value}."));
    }

    /// <summary>
    /// The weight of an example of each class; empty if all weigh the same.
    /// <see cref="Data.Dataset.BalancedClassWeights"/> gives rare classes more weight.
    /// </summary>
    /// <remarks>
    /// Only the proportions matter, because the cost is divided by the sum of the weights; so the learning rate need
    /// not be changed. For the same reason, weights have no effect in batches of a single example.
    /// </remarks>
    /// <exception cref="ArgumentException">A weight is negative or not finite, or all are 0.</exception>
    public IReadOnlyList<double> ClassWeights { get => weights; init => weights = Checked(value); }

    /// <inheritdoc/>
    public override string Description => Name
        + (Smoothing > 0 ? FormattableString.Invariant($" smoothing {Smoothing}") : "")
        + (weights.Length > 0 ? " weights " : "")
        + string.Join(' ', weights.Select(weight => FormattableString.Invariant($"{weight}")));

    /// <inheritdoc/>
    public override int? Outputs => weights.Length > 0 ? weights.Length : null;

    /// <inheritdoc/>
    public override string DerivativeFormula => (Smoothing > 0, weights.Length > 0) switch
    {
        (true, true) => "f(p, y)",
        (true, false) => FormattableString.Invariant($"p − (1 − {Smoothing})·y − {Smoothing}/K"),
        _ => "p − y",                                                       // of a single example: its weight cancels
    };

    /// <inheritdoc/>
    public override bool TakesLogits => true;

    /// <summary>Σ w[class] over the examples; for targets between classes, Σᵢ wᵢ·yᵢ.</summary>
    public override double WeightOf(Matrix target)
    {
        if (weights.Length == 0)
            return target.Rows;
        var sum = 0.0;
        for (var example = 0; example < target.Rows; example++)
            for (var i = 0; i < weights.Length; i++)
                sum += weights[i] * target.Row(example)[i];
        return sum;
    }

    /// <inheritdoc/>
    protected override void ComputeMeaning(ReadOnlySpan<float> output, Span<float> meaning) =>
        Rows.Softmax(output, meaning);

    /// <inheritdoc/>
    protected override double CostOfExample(ReadOnlySpan<float> output, ReadOnlySpan<float> target)
    {
        var max = Rows.Max(output);
        var logSum = Rows.LogSumExpAboveMax(output, max);
        var cost = 0.0;
        for (var i = 0; i < output.Length; i++)
            if (Target(target, i) is var t and not 0)
                cost += t * ((double)max - output[i] + logSum);             // −tᵢ·ln pᵢ
        return cost;
    }

    /// <inheritdoc/>
    protected override void ComputeBackward(Matrix output, Matrix target, Matrix dOutput)
    {
        var weight = (float)WeightOf(target);
        if (weight == 0)
            weight = float.PositiveInfinity;                                // no example has weight: ∂C/∂z = 0
        for (var example = 0; example < output.Rows; example++)
        {
            Span<float> y = target.Row(example), dZ = dOutput.Row(example);
            var p = dZ;                                                     // the probabilities, soon overwritten
            Rows.Softmax(output.Row(example), p);
            var total = 0f;
            for (var i = 0; i < y.Length; i++)
                total += (float)Target(y, i);
            for (var i = 0; i < dZ.Length; i++)
                dZ[i] = (p[i] * total - (float)Target(y, i)) / weight;      // ∂C/∂z = (p·Σt − t)/B; often (p − y)/B
        }
    }

    /// <summary>tᵢ, the target of one class: yᵢ, smoothed, times the weight of the class.</summary>
    private double Target(ReadOnlySpan<float> y, int i)
    {
        var smooth = Smoothing == 0 ? y[i] : (1 - Smoothing) * y[i] + Smoothing / y.Length;
        return weights.Length == 0 ? smooth : weights[i] * smooth;
    }

    private static double[] Checked(IReadOnlyList<double> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        for (var i = 0; i < weights.Count; i++)
            if (!(weights[i] >= 0 && double.IsFinite(weights[i])))
                throw new ArgumentException(FormattableString.Invariant(
                    $"The weight of class {i} is {weights[i]}, but a finite number that is not negative is expected."));
        if (weights.Count > 0 && weights.All(weight => weight == 0))
            throw new ArgumentException(
                "All classes have the weight 0, so nothing could be learned. Give at least one a weight above 0.");
        return [.. weights];
    }
}
