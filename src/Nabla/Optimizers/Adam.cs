using System.Runtime.CompilerServices;
using Nabla.Algebra;
using Nabla.Kernels;
using Nabla.Layers;

namespace Nabla.Optimizers;

/// <summary>
/// Adam: every weight has a step size of its own, from the mean and the mean square of its recent gradients (Kingma and
/// Ba, 2015, algorithm 1).
/// </summary>
/// <remarks>
/// m ← β₁·m + (1 − β₁)·g; v ← β₂·v + (1 − β₂)·g²; w ← w − η·m̂ / (√v̂ + ε), where m̂ = m / (1 − β₁ᵗ) and
/// v̂ = v / (1 − β₂ᵗ) make up for both having started at 0.
/// </remarks>
/// <param name="learningRate">η, 0.001 as a rule.</param>
public sealed class Adam(double learningRate = 0.001) : Optimizer(learningRate)
{
    private Matrix mean, meanSquare;
    private double beta1ToT = 1, beta2ToT = 1;          // β₁ᵗ and β₂ᵗ

    /// <inheritdoc/>
    public override string Name => "adam";

    /// <summary>β₁, how much of the mean is kept at each step.</summary>
    public double Beta1 { get; init => field = Share(value, "beta1"); } = 0.9;

    /// <summary>β₂, how much of the mean square is kept at each step.</summary>
    public double Beta2 { get; init => field = Share(value, "beta2"); } = 0.999;

    /// <summary>ε, which keeps the division from blowing up.</summary>
    public double Epsilon
    {
        get;
        init => field = (float)value > 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"Adam's epsilon must be a positive, finite float32, not {value}.");
    } = 1e-8;

    /// <inheritdoc/>
    protected override void Apply(ParameterBuffer parameters)
    {
        var w = parameters.Values;
        if (mean.Columns != w.Columns)
            (mean, meanSquare) = (new Matrix(1, w.Columns), new Matrix(1, w.Columns));
        beta1ToT *= Beta1;
        beta2ToT *= Beta2;
        var rule = new Step(
            (float)Beta1, (float)(1 - Beta1), (float)Beta2, (float)(1 - Beta2),
            (float)(LearningRate / (1 - beta1ToT)), (float)(1 / Math.Sqrt(1 - beta2ToT)), (float)Epsilon);
        w.Update(parameters.Gradients, mean, meanSquare, rule);
    }

    private readonly struct Step(
        float beta1, float oneMinusBeta1, float beta2, float oneMinusBeta2, float eta, float correction, float epsilon) : IUpdate2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<V>(ref V w, V g, ref V m, ref V v) where V : struct, ILanes<V>
        {
            m = beta1 * m + oneMinusBeta1 * g;
            v = beta2 * v + oneMinusBeta2 * (g * g);
            var root = correction * V.Sqrt(v);                             // √v̂: the correction is 1 / √(1 − β₂ᵗ)
            w -= eta * m / (epsilon + root);                               // eta holds η / (1 − β₁ᵗ), so this is η·m̂ / (√v̂ + ε)
        }
    }
}
