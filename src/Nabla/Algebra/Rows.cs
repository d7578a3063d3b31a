using Nabla.Formulas;
using Nabla.Kernels;

namespace Nabla;

/// <summary>Operations on one row of values, where a formula needs the whole row.</summary>
internal static class Rows
{
    /// <summary>
    /// yᵢ = e^xᵢ / Σⱼ e^xⱼ. The largest xᵢ is subtracted first, which changes nothing but keeps e^x from overflowing.
    /// </summary>
    public static void Softmax(ReadOnlySpan<float> x, Span<float> y)
    {
        Elementwise.Map(x, y, new ExpMinus(Max(x)));
        var sum = 0f;
        foreach (var e in y)
            sum += e;
        foreach (ref var e in y)
            e /= sum;
    }

    /// <summary>yᵢ = σ(xᵢ).</summary>
    public static void Sigmoid(ReadOnlySpan<float> x, Span<float> y) => Elementwise.Map(x, y, default(Logistic));

    /// <summary>
    /// ln Σⱼ e^xⱼ minus the largest x, which is given; at least 0. The difference is kept apart, because beside a large
    /// x it would be rounded away. Each term is a float32; their sum and its logarithm are in double precision.
    /// </summary>
    public static double LogSumExpAboveMax(ReadOnlySpan<float> x, float max) =>
        ScalarMath.Log(Reductions.SumOfExp(x, max));

    /// <summary>ln(1 + eˣ) for x ≤ 0, in double precision.</summary>
    public static double LogOnePlusExp(double x) => ScalarMath.LogOnePlus(ScalarMath.Exp(x));

    /// <summary>Σᵢ (aᵢ − bᵢ)², in double precision.</summary>
    public static double SumOfSquaredDifferences(ReadOnlySpan<float> a, ReadOnlySpan<float> b) =>
        Reductions.SumOfSquaredDifferences(a, b);

    /// <summary>The largest value; NaN if one is NaN.</summary>
    public static float Max(ReadOnlySpan<float> x)
    {
        var max = float.NegativeInfinity;
        foreach (var value in x)
            max = MathF.Max(max, value);
        return max;
    }

    /// <summary>The index of the largest value, the first if there are several: the class that is predicted.</summary>
    public static int ArgMax(ReadOnlySpan<float> x)
    {
        var best = 0;
        for (var i = 1; i < x.Length; i++)
            if (x[i] > x[best])
                best = i;
        return best;
    }

    /// <summary>a − b, element by element.</summary>
    public static float[] Differences(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var differences = new float[a.Length];
        for (var i = 0; i < a.Length; i++)
            differences[i] = a[i] - b[i];
        return differences;
    }

    /// <summary>
    /// A hash of which values are positive (FNV-1a). If the sign of one of them changes, so does the hash, almost
    /// always.
    /// </summary>
    public static int HashOfSigns(ReadOnlySpan<float> x)
    {
        var hash = 2166136261u;
        foreach (var value in x)
            hash = (hash ^ (value > 0 ? 1u : 0u)) * 16777619u;
        return (int)hash;
    }

    /// <summary>A hash of all values (FNV-1a). If one of them changes, so does the hash, almost always.</summary>
    public static int Hash(ReadOnlySpan<float> x)
    {
        var hash = 2166136261u;
        foreach (var value in x)
            hash = (hash ^ BitConverter.SingleToUInt32Bits(value)) * 16777619u;
        return (int)hash;
    }

    private readonly struct ExpMinus(float max) : IUnaryFormula
    {
        public V Of<V>(V x) where V : struct, ILanes<V> => Functions.Exp(x - max);
    }

    private readonly struct Logistic : IUnaryFormula
    {
        public V Of<V>(V x) where V : struct, ILanes<V> => Functions.Sigmoid(x);
    }
}
