namespace Nabla.Formulas;

/// <summary>
/// Exponential, logarithm, sine and cosine in double precision, from arithmetic alone.
/// </summary>
/// <remarks>
/// <see cref="Math"/> calls the C library of the operating system, whose last bit differs from one machine to the
/// next. Costs, random numbers and generated images must not differ: the same seed gives the same bytes everywhere.
/// Accurate to about 1e-15, far below what an image or an initial weight can show.
/// </remarks>
internal static class ScalarMath
{
    private const double Ln2 = 0.6931471805599453, Ln2High = 0.6931471803691238, Ln2Low = 1.9082149292705877e-10;

    /// <summary>1/k! from k = 13 down to 0.</summary>
    private static ReadOnlySpan<double> OverFactorials =>
    [
        1 / 6227020800.0, 1 / 479001600.0, 1 / 39916800.0, 1 / 3628800.0, 1 / 362880.0, 1 / 40320.0, 1 / 5040.0,
        1 / 720.0, 1 / 120.0, 1 / 24.0, 1 / 6.0, 1 / 2.0, 1, 1,
    ];

    /// <summary>eˣ for x ≤ 0: x = n·ln 2 + r, Taylor series on |r| ≤ ln 2 / 2; 0 below −708. NaN gives NaN.</summary>
    public static double Exp(double x)
    {
        if (!(x >= -708))
            return double.IsNaN(x) ? x : 0;
        var n = Math.Floor(x / Ln2 + 0.5);
        var r = x - n * Ln2High - n * Ln2Low;
        var sum = 0.0;
        foreach (var coefficient in OverFactorials)
            sum = sum * r + coefficient;
        return sum * BitConverter.Int64BitsToDouble((long)(n + 1023) << 52);
    }

    /// <summary>
    /// ln x for a positive, normal x: x = m·2ᵉ, ln m = 2·artanh((m − 1)/(m + 1)). NaN gives NaN, and ∞ gives ∞.
    /// </summary>
    public static double Log(double x)
    {
        if (!double.IsFinite(x))
            return x;
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)(bits >> 52) - 1023;
        var m = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000);   // 1 ≤ m < 2
        if (m > 1.4142135623730951)
        {
            m /= 2;
            exponent++;
        }
        return 2 * Artanh((m - 1) / (m + 1)) + exponent * Ln2;
    }

    /// <summary>ln(1 + x) for 0 ≤ x ≤ 1, also right where 1 + x would round to 1.</summary>
    public static double LogOnePlus(double x) => x < 0.41 ? 2 * Artanh(x / (2 + x)) : Log(1 + x);

    /// <summary>artanh s = s + s³/3 + s⁵/5 + …, for |s| below 0.18.</summary>
    private static double Artanh(double s)
    {
        var s2 = s * s;
        var sum = 0.0;
        for (var k = 21; k >= 1; k -= 2)
            sum = sum * s2 + 1.0 / k;
        return s * sum;
    }

    /// <summary>sin x and cos x for |x| below about a million: x = q·π/2 + r, Taylor series on |r| ≤ π/4.</summary>
    public static (double Sin, double Cos) SinCos(double x)
    {
        const double halfPiHigh = 1.5707963267341256, halfPiLow = 6.077100506506192e-11;
        var q = Math.Floor(x / (halfPiHigh + halfPiLow) + 0.5);
        var r = x - q * halfPiHigh - q * halfPiLow;
        var r2 = r * r;
        double sin = 1, cos = 1;
        for (var k = 18; k >= 2; k -= 2)
        {
            cos = 1 - cos * r2 / (k * (k - 1));
            sin = 1 - sin * r2 / (k * (k + 1));
        }
        sin *= r;
        return ((long)q & 3) switch
        {
            0 => (sin, cos),
            1 => (cos, -sin),
            2 => (-sin, -cos),
            _ => (-cos, sin),
        };
    }
}
