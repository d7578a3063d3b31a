namespace Nabla.Doctor;

/// <summary>NB205: a gradient that shrinks from layer to layer until the first layers hardly learn.</summary>
/// <remarks>
/// <para>In the backward pass, ∂C/∂a is multiplied by Wᵀ and by the slope of the activation, layer by layer. The
/// slope of a sigmoid is at most 1/4: ten of them let less than a millionth pass (Hochreiter, 1991; Glorot and
/// Bengio, 2010, section 4; Nielsen, <i>Neural Networks and Deep Learning</i>, chapter 5).</para>
/// <para>The evidence is ‖∂C/∂y‖ of the first layer with weights, as a root mean square, divided by that of the last
/// one. Networks that learn have 0.01 to 10 here, including the classic network with its two sigmoid layers. Below
/// 0.0005, three looks in a row, there is a warning. If saturated or dead units stop the gradient, so that it may be
/// 0, NB203 and NB204 report it, and this check does not.</para>
/// </remarks>
internal sealed class VanishingGradientCheck : Check
{
    private const double Least = 5e-4;
    private const int Warns = 3;

    private Persistence low = new(0);

    /// <inheritdoc/>
    public override string Code => "NB205";

    /// <inheritdoc/>
    public override string Title => "vanishing gradient";

    /// <inheritdoc/>
    public override void Begin(TrainingFacts training, FindingLog log) => low = new(1);

    internal override void Visit(StateVisitor state) => state.Visit("low", low);

    /// <inheritdoc/>
    public override void AfterStep(StepFacts facts, FindingLog log)
    {
        if (facts.Weights.Length < 2 || log.Has("NB203") || log.Has("NB204"))
            return;
        int first = facts.Weights[0].Layer, last = facts.Weights[^1].Layer;
        var here = new Spread(facts.Derivative(first)).RootMeanSquare();
        var there = new Spread(facts.Derivative(last)).RootMeanSquare();
        var ratio = here / there;
        if (low.Count(0, here > 0 && ratio < Least) >= Warns && log.Lacks(this, FindingSeverity.Warning, first))
            log.Add(this, FindingSeverity.Warning, first,
                $"The derivative that reaches it is {ratio:G3} times that of the last layer ({here:G3} compared with " +
                $"{there:G3}), so it hardly learns.",
                "Use relu instead of sigmoid in the hidden layers, fewer layers, or normalisation between them. " +
                "The initial weights should suit the activation.",
                new("ratio", ratio), new("derivative at the first layer", here),
                new("derivative at the last layer", there));
    }
}
