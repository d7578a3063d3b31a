using System.Runtime.CompilerServices;

namespace Nabla.Formulas;

/// <summary>
/// The functions beyond arithmetic that formulas are written with. They give the same bits on every instruction set.
/// </summary>
/// <remarks>
/// A test compares each with double precision over its whole range and checks the error bounds that are stated here.
/// NaN gives NaN.
/// </remarks>
public static class Functions
{
    private const float Log2E = 1.44269504f;
    private const float Ln2High = 0.693359375f;             // ln 2 = high + low; high has few bits, so n·high is exact
    private const float Ln2Low = -2.12194440e-4f;
    private const float Shift = 12582912f;                  // 1.5·2²³: adding it rounds to an integer

    /// <summary>eˣ, within 1.02 units in the last place; 0 below −104, ∞ above 88.73.</summary>
    /// <remarks>
    /// eˣ = 2ⁿ·eʳ with n = round(x / ln 2) and |r| ≤ ln 2 / 2, where a polynomial is accurate (with the coefficients of
    /// expf in Moshier's Cephes). 2ⁿ is multiplied in two halves, so that the smallest results are right.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp<V>(V x) where V : struct, ILanes<V>
    {
        x = V.AtMost(V.AtLeast(x, -105f), 89f);
        var n = V.MultiplyAdd(x, Log2E, Shift) - Shift;
        var r = V.MultiplyAdd(n, -Ln2High, x);
        r = V.MultiplyAdd(n, -Ln2Low, r);
        var p = 1f + ExpMinusOneNear(r);
        var half = V.MultiplyAdd(n, 0.5f, Shift);
        var otherHalf = Shift + (n - (half - Shift));
        return V.TimesPowerOfTwo(V.TimesPowerOfTwo(p, half), otherHalf);
    }

    /// <summary>eˣ − 1, within 2.6 units in the last place for x ≤ 0, 4.5 for x > 0.</summary>
    /// <remarks>Near 0, where the 1 would cancel, it is the polynomial to which <see cref="Exp"/> adds 1.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ExpMinusOne<V>(V x) where V : struct, ILanes<V> =>
        V.WhereLess(V.Abs(x), 0.34657359f, ExpMinusOneNear(x), Exp(x) - 1f);

    /// <summary>σ(x) = 1 / (1 + e⁻ˣ), within 2.5 units in the last place where the result is a normal number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid<V>(V x) where V : struct, ILanes<V> => 1f / (1f + Exp(-x));

    /// <summary>tanh x, within 1.4 units in the last place.</summary>
    /// <remarks>
    /// A polynomial near 0, where the quotient would cancel (coefficients of tanhf in Cephes); 1 − 2 / (e²ˣ + 1)
    /// beyond.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh<V>(V x) where V : struct, ILanes<V>
    {
        var magnitude = V.Abs(x);
        var s = x * x;
        var p = V.Of(-5.70498872745e-3f);
        p = V.MultiplyAdd(p, s, 2.06390887954e-2f);
        p = V.MultiplyAdd(p, s, -5.37397155531e-2f);
        p = V.MultiplyAdd(p, s, 1.33314422036e-1f);
        p = V.MultiplyAdd(p, s, -3.33332819422e-1f);
        var near = V.MultiplyAdd(p * s, x, x);
        var far = 1f - 2f / (1f + Exp(2f * magnitude));
        far = V.WhereLess(x, 0f, -far, far);
        return V.WhereLess(magnitude, 0.625f, near, far);
    }

    /// <summary>ln(1 + eˣ), within 4 units in the last place where the result is a normal number.</summary>
    /// <remarks>
    /// ln(1 + eˣ) = max(x, 0) + ln(1 + u) with u = e^−|x|, which is at most 1, so nothing overflows. ln(1 + u) =
    /// 2·artanh s with s = u / (2 + u) ≤ 1/3; artanh s / s is a polynomial in s² (fitted by least squares of the
    /// relative error, 4e-9).
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Softplus<V>(V x) where V : struct, ILanes<V>
    {
        var u = Exp(-V.Abs(x));
        var s = u / (2f + u);
        var s2 = s * s;
        var p = V.Of(2.817898393e-1f);
        p = V.MultiplyAdd(p, s2, 2.796047926e-1f);
        p = V.MultiplyAdd(p, s2, 4.002491832e-1f);
        p = V.MultiplyAdd(p, s2, 6.666631699e-1f);
        p = V.MultiplyAdd(p, s2, 2f);
        return V.MultiplyAdd(p, s, V.AtLeast(x, 0f));
    }

    /// <summary>
    /// The normal distribution: Φ(x) = ½·(1 + erf(x/√2)), the probability that a number from N(0, 1) is below x,
    /// within 6 units in the last place where the result is a normal number; and its density φ(x) = e^(−x²/2) /
    /// √(2π).
    /// </summary>
    /// <remarks>
    /// For x ≤ 0, Φ(x) = e^(−x²/2)·P(w) / (1 + 1.5·|x|) with w = (|x| − 4) / (|x| + 4): the substitution of Shepherd
    /// and Laframboise, <i>Chebyshev approximation of (1 + 2x) exp(x²) erfc x</i> (1981), with our own polynomial
    /// (relative error 2.6e-9). So even the far tail is right, where 1 + erf would cancel. For x &gt; 0, Φ(x) = 1 −
    /// Φ(−x). The rounding error of x² is taken into account.
    /// </remarks>
    /// <param name="x">x.</param>
    /// <param name="density">φ(x).</param>
    /// <returns>Φ(x).</returns>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static V Normal<V>(V x, out V density) where V : struct, ILanes<V>
    {
        var magnitude = V.Abs(x);
        magnitude = V.AtMost(magnitude, 20f);       // beyond, Φ and φ are 0
        var square = magnitude * magnitude;
        var lost = V.MultiplyAdd(magnitude, magnitude, -square);
        var e = Exp(-0.5f * square);
        e = V.MultiplyAdd(-0.5f * lost, e, e);
        density = 0.39894228f * e;
        var w = (magnitude - 4f) / (4f + magnitude);
        var p = V.Of(-1.103375180e-4f);
        p = V.MultiplyAdd(p, w, -6.187934196e-5f);
        p = V.MultiplyAdd(p, w, 1.125392388e-3f);
        p = V.MultiplyAdd(p, w, -7.815219578e-4f);
        p = V.MultiplyAdd(p, w, -7.758891676e-3f);
        p = V.MultiplyAdd(p, w, 3.115834855e-2f);
        p = V.MultiplyAdd(p, w, -6.372834742e-2f);
        p = V.MultiplyAdd(p, w, 7.875344902e-2f);
        p = V.MultiplyAdd(p, w, -4.119024053e-2f);
        p = V.MultiplyAdd(p, w, -5.985633284e-2f);
        p = V.MultiplyAdd(p, w, 6.608744860e-1f);
        var below = e * (p / V.MultiplyAdd(magnitude, 1.5f, 1f));
        return V.WhereLess(x, 0f, below, 1f - below);
    }

    /// <summary>eʳ − 1 for |r| ≤ ln 2 / 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ExpMinusOneNear<V>(V r) where V : struct, ILanes<V>
    {
        var p = V.Of(1.9875691500e-4f);
        p = V.MultiplyAdd(p, r, 1.3981999507e-3f);
        p = V.MultiplyAdd(p, r, 8.3334519073e-3f);
        p = V.MultiplyAdd(p, r, 4.1665795894e-2f);
        p = V.MultiplyAdd(p, r, 1.6666665459e-1f);
        p = V.MultiplyAdd(p, r, 5.0000001201e-1f);
        return V.MultiplyAdd(p, r * r, r);
    }
}
