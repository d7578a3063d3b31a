using Nabla.Formulas;

namespace Nabla;

/// <summary>
/// Stochastic gradient descent: w ← w − η·∇C(w). With momentum, the weights move like a ball that rolls down the slope.
/// </summary>
/// <remarks>
/// With momentum μ: v ← μ·v + g, then w ← w − η·v. With Nesterov's variant, w ← w − η·(g + μ·v), which looks ahead
/// (Sutskever, Martens, Dahl and Hinton, 2013, in PyTorch's form). Weight decay λ adds λ·w to the gradient, so after a
/// step the gradients of weights are g + λ·w.
/// </remarks>
/// <param name="learningRate">η.</param>
public sealed class Sgd(double learningRate) : Optimizer(learningRate)
{
    private Matrix velocity;

    /// <inheritdoc/>
    public override string Name => "sgd";

    /// <summary>μ, the share of the velocity that is kept from step to step: 0 for none, often 0.9.</summary>
    public double Momentum { get; init => field = Share(value, "momentum"); }

    /// <summary>Whether to look ahead, as Nesterov's variant does. Needs momentum.</summary>
    public bool Nesterov { get; init; }

    /// <summary>λ, how strongly weights (not biases) are pulled towards 0.</summary>
    public double WeightDecay { get; init => field = Decay.Checked(value); }

    /// <inheritdoc/>
    protected override void Apply(ParameterBuffer parameters)
    {
        if (Nesterov && Momentum == 0)
            throw new InvalidOperationException(
                "Nesterov looks ahead along the velocity, so it needs a momentum above 0, such as 0.9.");
        Matrix w = parameters.Values, g = parameters.Gradients;
        Decay.AddToGradients(parameters, WeightDecay);
        if (Momentum == 0)
        {
            w.Set(w, g, new Step((float)LearningRate));
            return;
        }
        if (Nesterov)
            w.Update(g, velocity, new NesterovStep((float)LearningRate, (float)Momentum));
        else
            w.Update(g, velocity, new MomentumStep((float)LearningRate, (float)Momentum));
    }

    internal override string Settings => FormattableString.Invariant(
        $"momentum {Momentum}{(Nesterov ? ", nesterov" : "")}, weight decay {WeightDecay}");

    /// <inheritdoc/>
    protected override void Allocate(ParameterBuffer parameters) =>
        velocity = new Matrix(1, Momentum > 0 ? parameters.Count : 0);

    internal override void Visit(StateVisitor state) => state.Visit("velocity", velocity);

    private readonly struct Step(float eta) : IBinaryFormula
    {
        public V Of<V>(V w, V g) where V : struct, ILanes<V> => w - eta * g;           // w ← w − η·∇C(w)
    }

    private readonly struct MomentumStep(float eta, float mu) : IOneMomentRule
    {
        public void Apply<V>(ref V w, V g, ref V v) where V : struct, ILanes<V>
        {
            v = mu * v + g;                                             // v ← μ·v + g
            w -= eta * v;                                               // w ← w − η·v
        }
    }

    private readonly struct NesterovStep(float eta, float mu) : IOneMomentRule
    {
        public void Apply<V>(ref V w, V g, ref V v) where V : struct, ILanes<V>
        {
            v = mu * v + g;                                             // v ← μ·v + g
            w -= eta * (g + mu * v);                                    // w ← w − η·(g + μ·v)
        }
    }
}
