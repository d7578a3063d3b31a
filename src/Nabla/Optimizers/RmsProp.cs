using System.Runtime.CompilerServices;
using Nabla.Formulas;

namespace Nabla;

/// <summary>
/// RMSProp: divides each step by the root of the mean square of the recent gradients, so that the weights move at the
/// same pace in steep and in shallow directions (Tieleman and Hinton, 2012, lecture 6e of <i>Neural Networks for
/// Machine Learning</i>).
/// </summary>
/// <remarks>
/// In PyTorch's form: v ← α·v + (1 − α)·g², then w ← w − η·g / (√v + ε). With momentum μ: b ← μ·b + g / (√v + ε), then
/// w ← w − η·b. Weight decay λ adds λ·w to the gradient, as in <see cref="Sgd"/>. v starts at 0, so the first steps are
/// long, about η / √(1 − α); Adam corrects for that.
/// </remarks>
/// <param name="learningRate">η, usually 0.001.</param>
public sealed class RmsProp(double learningRate = 0.001) : Optimizer(learningRate)
{
    private Matrix meanSquare, velocity;                // v and b

    /// <inheritdoc/>
    public override string Name => "rmsprop";

    /// <summary>α, the share of the mean square that is kept at each step.</summary>
    public double Alpha { get; init => field = Share(value, "alpha"); } = 0.99;

    /// <summary>ε, which keeps the quotient finite.</summary>
    public double Epsilon { get; init => field = PositiveEpsilon(value, "RMSProp's"); } = 1e-8;

    /// <summary>μ, the share of the velocity that is kept from step to step; 0 for none.</summary>
    public double Momentum { get; init => field = Share(value, "momentum"); }

    /// <summary>λ, how strongly weights (not biases) are pulled towards 0.</summary>
    public double WeightDecay { get; init => field = Decay.Checked(value); }

    /// <inheritdoc/>
    protected override void Apply(ParameterBuffer parameters)
    {
        Matrix w = parameters.Values, g = parameters.Gradients;
        Decay.AddToGradients(parameters, WeightDecay);
        var scaling = new Scaling((float)Alpha, (float)(1 - Alpha), (float)Epsilon);
        if (Momentum == 0)
            w.Update(g, meanSquare, new Step((float)LearningRate, scaling));
        else
            w.Update(g, meanSquare, velocity, new MomentumStep((float)LearningRate, (float)Momentum, scaling));
    }

    internal override string Settings => FormattableString.Invariant(
        $"alpha {Alpha}, epsilon {Epsilon}, momentum {Momentum}, weight decay {WeightDecay}");

    /// <inheritdoc/>
    protected override void Allocate(ParameterBuffer parameters)
    {
        meanSquare = new Matrix(1, parameters.Count);
        velocity = new Matrix(1, Momentum > 0 ? parameters.Count : 0);
    }

    internal override void Visit(StateVisitor state)
    {
        state.Visit("mean-square", meanSquare);
        state.Visit("velocity", velocity);
    }

    private readonly struct Scaling(float alpha, float oneMinusAlpha, float epsilon)
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V g, ref V v) where V : struct, ILanes<V>
        {
            v = alpha * v + oneMinusAlpha * (g * g);                    // v ← α·v + (1 − α)·g²
            return g / (V.Sqrt(v) + epsilon);                           // g / (√v + ε)
        }
    }

    private readonly struct Step(float eta, Scaling scaling) : IOneMomentRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<V>(ref V w, V g, ref V v) where V : struct, ILanes<V> => w -= eta * scaling.Of(g, ref v);
    }

    private readonly struct MomentumStep(float eta, float mu, Scaling scaling) : ITwoMomentRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<V>(ref V w, V g, ref V v, ref V b) where V : struct, ILanes<V>
        {
            b = mu * b + scaling.Of(g, ref v);                          // b ← μ·b + g / (√v + ε)
            w -= eta * b;                                               // w ← w − η·b
        }
    }
}
