using System.Runtime.CompilerServices;
using Nabla.Formulas;
using Nabla.Kernels;

namespace Nabla;

/// <summary>Adam's rule for one weight; <see cref="Adam"/> has the formulas.</summary>
internal readonly struct AdamStep : IUpdate2
{
    private readonly float beta1, oneMinusBeta1, beta2, oneMinusBeta2, eta, correction, epsilon;

    /// <param name="rate">η.</param>
    /// <param name="beta1">β₁.</param>
    /// <param name="beta2">β₂.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="beta1ToT">β₁ᵗ.</param>
    /// <param name="beta2ToT">β₂ᵗ.</param>
    public AdamStep(double rate, double beta1, double beta2, double epsilon, double beta1ToT, double beta2ToT)
    {
        (this.beta1, oneMinusBeta1) = ((float)beta1, (float)(1 - beta1));
        (this.beta2, oneMinusBeta2) = ((float)beta2, (float)(1 - beta2));
        (eta, correction, this.epsilon) = ((float)(rate / (1 - beta1ToT)), (float)(1 / Math.Sqrt(1 - beta2ToT)), (float)epsilon);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V w, V g, ref V m, ref V v) where V : struct, ILanes<V>
    {
        m = beta1 * m + oneMinusBeta1 * g;
        v = beta2 * v + oneMinusBeta2 * (g * g);
        var root = correction * V.Sqrt(v);                             // √v̂: the correction is 1 / √(1 − β₂ᵗ)
        w -= eta * m / (epsilon + root);                               // eta holds η / (1 − β₁ᵗ), so this is η·m̂ / (√v̂ + ε)
    }
}
