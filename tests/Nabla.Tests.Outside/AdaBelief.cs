using System.Runtime.CompilerServices;
using Nabla.Formulas;

namespace Nabla.Tests.Outside;

/// <summary>
/// An optimiser that remembers two numbers per weight: AdaBelief, which divides by how far gradients are from their
/// mean (Zhuang et al., 2020, algorithm 2).
/// </summary>
/// <param name="learningRate">η.</param>
public sealed class AdaBelief(double learningRate = 0.001) : Optimizer(learningRate)
{
    private const float Beta1 = 0.9f, Beta2 = 0.999f, Epsilon = 1e-8f;

    private Matrix mean, variance;                      // m and s
    private double beta1ToT = 1, beta2ToT = 1;          // β₁ᵗ and β₂ᵗ

    public override string Name => "adabelief";

    protected override void Allocate(ParameterBuffer parameters) =>
        (mean, variance) = (new Matrix(1, parameters.Count), new Matrix(1, parameters.Count));

    protected override void Apply(ParameterBuffer parameters)
    {
        beta1ToT *= Beta1;
        beta2ToT *= Beta2;
        var rule = new Rule((float)LearningRate, (float)(1 - beta1ToT), (float)(1 - beta2ToT));
        parameters.Values.Update(parameters.Gradients, mean, variance, rule);
    }

    private readonly struct Rule(float eta, float mCorrection, float sCorrection) : ITwoMomentRule
    {
        /// <summary>A long formula: the attribute makes it part of the loop that runs it.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<V>(ref V w, V g, ref V m, ref V s) where V : struct, ILanes<V>
        {
            m = Beta1 * m + (1f - Beta1) * g;                                   // m ← β₁·m + (1 − β₁)·g
            s = Beta2 * s + (1f - Beta2) * ((g - m) * (g - m)) + Epsilon;       // s ← β₂·s + (1 − β₂)·(g − m)² + ε
            w -= eta * (m / mCorrection) / (V.Sqrt(s / sCorrection) + Epsilon); // w ← w − η·m̂ / (√ŝ + ε)
        }
    }
}
