using Nabla.Formulas;

namespace Nabla.Tests.Outside;

/// <summary>
/// An optimiser of your own: Lion, every weight of which moves by η in one direction or the other (Chen et al., 2023,
/// <i>Symbolic Discovery of Optimization Algorithms</i>, algorithm 2, without weight decay).
/// </summary>
/// <remarks>
/// The rule is a formula for one weight. It may change the weight and what is remembered of it; the library runs it
/// over all weights at once.
/// </remarks>
/// <param name="learningRate">η.</param>
public sealed class Lion(double learningRate = 1e-4) : Optimizer(learningRate)
{
    private Matrix momentum;                            // m, one number per weight

    public override string Name => "lion";

    /// <summary>β₁.</summary>
    public float Beta1 { get; init; } = 0.9f;

    /// <summary>β₂.</summary>
    public float Beta2 { get; init; } = 0.99f;

    protected override void Allocate(ParameterBuffer parameters) => momentum = new Matrix(1, parameters.Count);

    protected override void Apply(ParameterBuffer parameters) =>
        parameters.Values.Update(parameters.Gradients, momentum, new Rule((float)LearningRate, Beta1, Beta2));

    private readonly struct Rule(float eta, float beta1, float beta2) : IOneMomentRule
    {
        public void Apply<V>(ref V w, V g, ref V m) where V : struct, ILanes<V>
        {
            var c = beta1 * m + (1f - beta1) * g;                                       // c ← β₁·m + (1 − β₁)·g
            w -= V.WhereLess(c, 0f, V.Of(-eta), V.WhereLess(V.Of(0), c, V.Of(eta), c)); // w ← w − η·sign(c)
            m = beta2 * m + (1f - beta2) * g;                                           // m ← β₂·m + (1 − β₂)·g
        }
    }
}
