using System.Runtime.CompilerServices;
using Nabla.Formulas;

namespace Nabla;

/// <summary>
/// Adam's rule for one weight (Kingma and Ba, 2015, algorithm 1): m ← β₁·m + (1 − β₁)·g; v ← β₂·v + (1 − β₂)·g²;
/// w ← w − η·m̂ / (√v̂ + ε), where m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ).
/// </summary>
/// <param name="eta">η.</param>
/// <param name="beta1">β₁.</param>
/// <param name="beta2">β₂.</param>
/// <param name="epsilon">ε.</param>
/// <param name="beta1ToT">β₁ᵗ.</param>
/// <param name="beta2ToT">β₂ᵗ.</param>
internal readonly struct AdamStep(
    double eta, double beta1, double beta2, double epsilon, double beta1ToT, double beta2ToT) : ITwoMomentRule
{
    private readonly float beta1 = (float)beta1, oneMinusBeta1 = (float)(1 - beta1);
    private readonly float beta2 = (float)beta2, oneMinusBeta2 = (float)(1 - beta2);
    private readonly float etaToHat = (float)(eta / (1 - beta1ToT));            // η·m̂ = etaToHat·m
    private readonly float rootToHat = (float)(1 / Math.Sqrt(1 - beta2ToT));    // √v̂ = rootToHat·√v
    private readonly float epsilon = (float)epsilon;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V w, V g, ref V m, ref V v) where V : struct, ILanes<V>
    {
        m = beta1 * m + oneMinusBeta1 * g;              // m ← β₁·m + (1 − β₁)·g
        v = beta2 * v + oneMinusBeta2 * (g * g);        // v ← β₂·v + (1 − β₂)·g²
        var etaMHat = etaToHat * m;                     // η·m̂
        var rootVHat = rootToHat * V.Sqrt(v);           // √v̂
        w -= etaMHat / (rootVHat + epsilon);            // w ← w − η·m̂ / (√v̂ + ε)
    }
}
