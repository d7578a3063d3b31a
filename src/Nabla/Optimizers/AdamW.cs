using Nabla.Kernels;
using Nabla.Layers;

namespace Nabla.Optimizers;

/// <summary>
/// Adam with weight decay beside it rather than inside: w ← w − η·λ·w, then a step of <see cref="Adam"/> (Loshchilov and
/// Hutter, 2019). Inside the gradient, Adam would scale the decay away.
/// </summary>
/// <param name="learningRate">η.</param>
/// <param name="weightDecay">λ, how strongly weights (not biases) are pulled towards 0.</param>
public sealed class AdamW(double learningRate = 0.001, double weightDecay = 0.01) : Optimizer(learningRate)
{
    private Adam? adam;

    /// <inheritdoc/>
    public override string Name => "adamw";

    /// <summary>λ.</summary>
    public double WeightDecay { get; } = Decay(weightDecay);

    /// <summary>β₁, how much of the mean is kept at each step.</summary>
    public double Beta1 { get; init => field = Share(value, "beta1"); } = 0.9;

    /// <summary>β₂, how much of the mean square is kept at each step.</summary>
    public double Beta2 { get; init => field = Share(value, "beta2"); } = 0.999;

    /// <inheritdoc/>
    public override void Update(ParameterBuffer parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        adam ??= new Adam(LearningRate) { Beta1 = Beta1, Beta2 = Beta2 };
        adam.LearningRate = LearningRate;
        foreach (var p in parameters.Decaying)
            p.Value.Set(p.Value, new Shrink((float)(1 - LearningRate * WeightDecay)));
        adam.Update(parameters);
    }

    private readonly struct Shrink(float factor) : IMap
    {
        public V Of<V>(V w) where V : struct, ILanes<V> => factor * w;
    }
}
