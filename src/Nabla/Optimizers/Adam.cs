namespace Nabla;

/// <summary>
/// Adam: every weight has its own step size, from the mean and the mean square of its recent gradients (Kingma and Ba,
/// 2015, algorithm 1).
/// </summary>
/// <remarks>
/// m ← β₁·m + (1 − β₁)·g; v ← β₂·v + (1 − β₂)·g²; w ← w − η·m̂ / (√v̂ + ε), where m̂ = m / (1 − β₁ᵗ) and
/// v̂ = v / (1 − β₂ᵗ) correct for both having started at 0.
/// </remarks>
/// <param name="learningRate">η, usually 0.001.</param>
public sealed class Adam(double learningRate = 0.001) : Optimizer(learningRate)
{
    private Matrix mean, meanSquare;                    // m and v
    private double beta1ToT = 1, beta2ToT = 1;          // β₁ᵗ and β₂ᵗ

    /// <inheritdoc/>
    public override string Name => "adam";

    /// <summary>β₁, the share of the mean that is kept at each step.</summary>
    public double Beta1 { get; init => field = Share(value, "beta1"); } = 0.9;

    /// <summary>β₂, the share of the mean square that is kept at each step.</summary>
    public double Beta2 { get; init => field = Share(value, "beta2"); } = 0.999;

    /// <summary>ε, which keeps the quotient finite.</summary>
    public double Epsilon { get; init => field = PositiveEpsilon(value, "Adam's"); } = 1e-8;

    /// <inheritdoc/>
    protected override void Apply(ParameterBuffer parameters)
    {
        beta1ToT *= Beta1;
        beta2ToT *= Beta2;
        var step = new AdamStep(LearningRate, Beta1, Beta2, Epsilon, beta1ToT, beta2ToT);
        parameters.Values.Update(parameters.Gradients, mean, meanSquare, step);
    }

    internal override string Settings =>
        FormattableString.Invariant($"beta1 {Beta1}, beta2 {Beta2}, epsilon {Epsilon}");

    /// <inheritdoc/>
    protected override void Allocate(ParameterBuffer parameters)
    {
        (mean, meanSquare) = (new Matrix(1, parameters.Count), new Matrix(1, parameters.Count));
        (beta1ToT, beta2ToT) = (1, 1);
    }

    internal override void Visit(StateVisitor state)
    {
        state.Visit("mean", mean);
        state.Visit("mean-square", meanSquare);
        state.Visit("beta1-to-t", ref beta1ToT);
        state.Visit("beta2-to-t", ref beta2ToT);
    }
}
