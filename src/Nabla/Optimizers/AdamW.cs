namespace Nabla;

/// <summary>
/// Adam with decoupled weight decay: w ← w − η·λ·w, then a step of <see cref="Adam"/> (Loshchilov and Hutter, 2019). If
/// the decay were part of the gradient, Adam would scale it away.
/// </summary>
/// <param name="learningRate">η.</param>
/// <param name="weightDecay">λ, how strongly weights (not biases) are pulled towards 0.</param>
public sealed class AdamW(double learningRate = 0.001, double weightDecay = 0.01) : Optimizer(learningRate)
{
    private Adam? adam;

    /// <inheritdoc/>
    public override string Name => "adamw";

    /// <summary>λ.</summary>
    public double WeightDecay { get; } = Decay.Checked(weightDecay);

    /// <summary>β₁, the share of the mean that is kept at each step.</summary>
    public double Beta1 { get; init => field = Share(value, "beta1"); } = 0.9;

    /// <summary>β₂, the share of the mean square that is kept at each step.</summary>
    public double Beta2 { get; init => field = Share(value, "beta2"); } = 0.999;

    /// <summary>ε, which keeps the quotient finite.</summary>
    public double Epsilon { get; init => field = PositiveEpsilon(value, "AdamW's"); } = 1e-8;

    /// <inheritdoc/>
    protected override void Apply(ParameterBuffer parameters)
    {
        Adam.LearningRate = LearningRate;
        Decay.Shrink(parameters, LearningRate, WeightDecay);
        Adam.Update(parameters);
    }

    internal override bool DecaysTooFast => Decay.IsTooFast(LearningRate, WeightDecay);

    internal override string Settings =>
        FormattableString.Invariant($"beta1 {Beta1}, beta2 {Beta2}, epsilon {Epsilon}, weight decay {WeightDecay}");

    /// <inheritdoc/>
    protected override void Allocate(ParameterBuffer parameters)
    {
        Adam.Forget();
        Adam.Bind(parameters);
    }

    internal override void Visit(StateVisitor state) => Adam.Visit(state);

    private Adam Adam => adam ??= new Adam(LearningRate) { Beta1 = Beta1, Beta2 = Beta2, Epsilon = Epsilon };
}
