namespace Nabla;

/// <summary>
/// Muon: a weight matrix moves along its momentum made orthogonal, so that every direction gets the same share of the
/// step, even the rare ones (Jordan et al., 2024, <i>Muon: An optimizer for hidden layers in neural networks</i>).
/// Biases and other vectors follow <see cref="AdamW"/>.
/// </summary>
/// <remarks>
/// For a matrix W (O, I): V ← μ·V + G; W ← W − η·λ·W − η·0.2·√max(O, I)·NewtonSchulz(G + μ·V). The factor 0.2·√max(O,
/// I) makes the elements of a step about as large as Adam's usually are, so that η and λ mean about what they mean
/// there (Liu et al., 2025, <i>Muon is Scalable for LLM Training</i>, section 2.2). A step takes longer than Adam's:
/// ten matrix products of each weight matrix with one of min(O, I) rows and columns.
/// </remarks>
/// <param name="learningRate">η.</param>
/// <param name="weightDecay">λ, how strongly weights (not biases) are pulled towards 0.</param>
public sealed class Muon(double learningRate = 0.005, double weightDecay = 0.01) : Optimizer(learningRate)
{
    private readonly NewtonSchulz orthogonal = new();
    private Matrix momentum, meanSquare;                // V of matrices, Adam's m of vectors; Adam's v of vectors
    private double beta1ToT = 1, beta2ToT = 1;

    /// <inheritdoc/>
    public override string Name => "muon";

    /// <summary>μ, the share of a matrix's momentum that is kept from step to step.</summary>
    public double Momentum { get; init => field = Share(value, "momentum"); } = 0.95;

    /// <summary>λ.</summary>
    public double WeightDecay { get; } = Decay.Checked(weightDecay);

    /// <summary>β₁ of the vectors' Adam.</summary>
    public double Beta1 { get; init => field = Share(value, "beta1"); } = 0.9;

    /// <summary>β₂ of the vectors' Adam.</summary>
    public double Beta2 { get; init => field = Share(value, "beta2"); } = 0.999;

    /// <inheritdoc/>
    protected override void Apply(ParameterBuffer parameters)
    {
        Decay.Shrink(parameters, LearningRate, WeightDecay);
        beta1ToT *= Beta1;
        beta2ToT *= Beta2;
        var adam = new AdamStep(LearningRate, Beta1, Beta2, epsilon: 1e-8, beta1ToT, beta2ToT);
        var start = 0;
        foreach (var p in parameters.All)
        {
            var v = momentum.Part(start, p.Rows, p.Columns);
            if (p.IsVector)
                p.Value.Update(p.Gradient, v, meanSquare.Part(start, p.Rows, p.Columns), adam);
            else
                Move(p, v);
            start += p.Count;
        }
    }

    private void Move(Parameter p, Matrix v)
    {
        v.Set(v, p.Gradient, new Combination((float)Momentum, 1));                  // V ← μ·V + G
        var u = orthogonal.Scratch(p.Rows, p.Columns);
        u.Set(p.Gradient, v, new Combination(1, (float)Momentum));                  // U = G + μ·V, as Nesterov does
        var step = LearningRate * 0.2 * Math.Sqrt(Math.Max(p.Rows, p.Columns));     // η·0.2·√max(O, I)
        p.Value.Set(p.Value, orthogonal.Of(u), new Combination(1, (float)-step));   // W ← W − step·NewtonSchulz(U)
    }

    internal override bool DecaysTooFast => Decay.IsTooFast(LearningRate, WeightDecay);

    internal override string Settings =>
        FormattableString.Invariant($"momentum {Momentum}, beta1 {Beta1}, beta2 {Beta2}, weight decay {WeightDecay}");

    /// <inheritdoc/>
    protected override void Allocate(ParameterBuffer parameters)
    {
        (momentum, meanSquare) = (new Matrix(1, parameters.Count), new Matrix(1, parameters.Count));
        (beta1ToT, beta2ToT) = (1, 1);
        orthogonal.Allocate(parameters.All);
    }

    internal override void Visit(StateVisitor state)
    {
        state.Visit("momentum", momentum);
        state.Visit("mean-square", meanSquare);
        state.Visit("beta1-to-t", ref beta1ToT);
        state.Visit("beta2-to-t", ref beta2ToT);
    }
}
