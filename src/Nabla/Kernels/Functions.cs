using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>The functions beyond arithmetic, sixteen lanes at a time, the same bits on every instruction set.</summary>
/// <remarks>
/// A test measures each against double precision over its whole range and holds the figures that are stated here. NaN gives NaN.
/// </remarks>
internal static class Functions
{
    private const float Log2E = 1.44269504f;
    private const float Ln2High = 0.693359375f;             // ln 2 = high + low; high has few bits, so n·high is exact
    private const float Ln2Low = -2.12194440e-4f;
    private const float Shift = 12582912f;                  // 1.5·2²³: adding it rounds to an integer

    /// <summary>eˣ, within 2 units in the last place; 0 below −104, ∞ above 88.73.</summary>
    /// <remarks>
    /// eˣ = 2ⁿ·eʳ with n = round(x / ln 2) and |r| ≤ ln 2 / 2, where a polynomial serves (the coefficients are those of
    /// expf in Moshier's Cephes). 2ⁿ is multiplied in two halves, so that the smallest results are right.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]    // inlined, it would exhaust its caller's budget
    public static V Exp<V>(V x) where V : struct, ILanes<V>
    {
        x = V.WhereLess(x, V.Of(-105f), V.Of(-105f), x);
        x = V.WhereLess(V.Of(89f), x, V.Of(89f), x);
        var n = V.MultiplyAdd(x, V.Of(Log2E), V.Of(Shift)) - V.Of(Shift);
        var r = V.MultiplyAdd(n, V.Of(-Ln2High), x);
        r = V.MultiplyAdd(n, V.Of(-Ln2Low), r);
        var p = V.Of(1.9875691500e-4f);
        p = V.MultiplyAdd(p, r, V.Of(1.3981999507e-3f));
        p = V.MultiplyAdd(p, r, V.Of(8.3334519073e-3f));
        p = V.MultiplyAdd(p, r, V.Of(4.1665795894e-2f));
        p = V.MultiplyAdd(p, r, V.Of(1.6666665459e-1f));
        p = V.MultiplyAdd(p, r, V.Of(5.0000001201e-1f));
        p = 1f + V.MultiplyAdd(p, r * r, r);
        var half = V.MultiplyAdd(n, V.Of(0.5f), V.Of(Shift));
        var otherHalf = V.Of(Shift) + (n - (half - V.Of(Shift)));
        return p * V.PowerOfTwo(half) * V.PowerOfTwo(otherHalf);
    }

    /// <summary>σ(x) = 1 / (1 + e⁻ˣ), within 4 units in the last place where the result is a normal number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid<V>(V x) where V : struct, ILanes<V> => 1f / (1f + Exp(-x));

    /// <summary>tanh x, within 3 units in the last place.</summary>
    /// <remarks>
    /// A polynomial near 0, where the quotient would cancel (coefficients of tanhf in Cephes); 1 − 2 / (e²ˣ + 1) beyond.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh<V>(V x) where V : struct, ILanes<V>
    {
        var magnitude = V.Abs(x);
        var s = x * x;
        var p = V.Of(-5.70498872745e-3f);
        p = V.MultiplyAdd(p, s, V.Of(2.06390887954e-2f));
        p = V.MultiplyAdd(p, s, V.Of(-5.37397155531e-2f));
        p = V.MultiplyAdd(p, s, V.Of(1.33314422036e-1f));
        p = V.MultiplyAdd(p, s, V.Of(-3.33332819422e-1f));
        var near = V.MultiplyAdd(p * s, x, x);
        var far = 1f - 2f / (1f + Exp(2f * magnitude));
        far = V.WhereLess(x, V.Of(0), -far, far);
        return V.WhereLess(magnitude, V.Of(0.625f), near, far);
    }
}
