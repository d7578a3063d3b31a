using System.Runtime.Intrinsics;

namespace Nabla.Formulas;

/// <summary>
/// Sixteen float32 numbers that are computed with at once. A formula written over <typeparamref name="V"/> reads as
/// it would for one number, and runs on whatever the processor has: one AVX-512 register, two of AVX2, or four of 128 bits.
/// </summary>
/// <remarks>
/// There are always sixteen lanes, whatever the width of a register, and every operation rounds as IEEE 754 says. So
/// a kernel gives the same bits on every instruction set, by construction.
/// </remarks>
/// <typeparam name="V">The implementing type.</typeparam>
internal unsafe interface ILanes<V> where V : struct, ILanes<V>
{
    /// <summary>How many lanes there are.</summary>
    public const int Count = 16;

    public static abstract V operator +(V a, V b);
    public static abstract V operator -(V a, V b);
    public static abstract V operator *(V a, V b);
    public static abstract V operator /(V a, V b);
    public static abstract V operator -(V a);
    public static abstract V operator *(float a, V b);
    public static abstract V operator +(float a, V b);
    public static abstract V operator -(float a, V b);
    public static abstract V operator -(V a, float b);
    public static abstract V operator /(float a, V b);

    /// <summary>The same number in every lane.</summary>
    public static abstract V Of(float value);

    /// <summary>a·b + c, rounded once.</summary>
    public static abstract V MultiplyAdd(V a, V b, V c);

    /// <summary>The same, with one c for all lanes: a step of a polynomial.</summary>
    public static abstract V MultiplyAdd(V a, V b, float c);

    /// <summary>The same, with one b for all lanes.</summary>
    public static abstract V MultiplyAdd(V a, float b, V c);

    /// <summary>The same, with one b and one c for all lanes.</summary>
    public static abstract V MultiplyAdd(V a, float b, float c);

    public static abstract V Sqrt(V a);

    public static abstract V Abs(V a);

    /// <summary>In each lane the larger of <paramref name="largest"/>, which is not negative, and |a|, by their bits: infinity is above all numbers, and NaN above it.</summary>
    public static abstract V LargerMagnitude(V largest, V a);

    /// <summary>The largest whole number that is not above a.</summary>
    public static abstract V Floor(V a);

    /// <summary>In each lane <paramref name="yes"/> where a &lt; b, else <paramref name="no"/> (also where one is NaN).</summary>
    public static abstract V WhereLess(V a, V b, V yes, V no);

    /// <summary>The same, with one b for all lanes.</summary>
    public static abstract V WhereLess(V a, float b, V yes, V no);

    /// <summary>a, but no less than <paramref name="least"/>; NaN stays.</summary>
    public static abstract V AtLeast(V a, float least);

    /// <summary>a, but no more than <paramref name="most"/>; NaN stays.</summary>
    public static abstract V AtMost(V a, float most);

    /// <summary>In each lane <paramref name="yes"/> where a is NaN, else <paramref name="no"/>.</summary>
    public static abstract V WhereNaN(V a, V yes, V no);

    /// <summary>Every other lane of a and then of b, from the first on: what stands in even places of thirty-two numbers.</summary>
    public static abstract V DeinterleaveEven(V a, V b);

    /// <summary>Every other lane of a and then of b, from the second on.</summary>
    public static abstract V DeinterleaveOdd(V a, V b);

    /// <summary>The first halves of a and b, in turn: a₀ b₀ a₁ b₁ …</summary>
    public static abstract V InterleaveLow(V a, V b);

    /// <summary>The second halves of a and b, in turn: a₈ b₈ a₉ b₉ …</summary>
    public static abstract V InterleaveHigh(V a, V b);

    /// <summary>a·2ⁿ where b = n + 1.5·2²³ and −126 ≤ n ≤ 127: the bits of n are the low bits of b.</summary>
    public static abstract V TimesPowerOfTwo(V a, V b);

    /// <summary>The whole numbers start … start + 15, modulo 2³², as bits: for the four methods that follow, not for arithmetic.</summary>
    public static abstract V CountFrom(uint start);

    /// <summary>The bits of a, exclusive or <paramref name="b"/>.</summary>
    public static abstract V XorBits(V a, uint b);

    /// <summary>The bits of a, exclusive or the same bits shifted down by <paramref name="n"/>.</summary>
    public static abstract V XorShifted(V a, int n);

    /// <summary>The bits of a as a whole number, times <paramref name="b"/>, modulo 2³².</summary>
    public static abstract V MultiplyBits(V a, uint b);

    /// <summary>The upper 24 bits of a as a number, from 0 to 2²⁴ − 1.</summary>
    public static abstract V Upper24Bits(V a);

    /// <summary>A bit for each lane, the first lane's lowest: 1 where the lane has any bit, 0 where it is 0.</summary>
    public static abstract uint NonZero(V a);

    /// <summary>A bit for the lower eight lanes of each of four, then one for the upper eight of each: 1 where any lane has any bit.</summary>
    public static abstract uint NonZeroHalves(V a, V b, V c, V d);

    public static abstract V Load(float* p);

    public static abstract void Store(V a, float* p);

    /// <summary>Marks the first <paramref name="count"/> lanes, for the two methods that follow.</summary>
    public static abstract V FirstN(int count);

    /// <summary>Marks the lanes from <paramref name="from"/> up to, but without, <paramref name="to"/>.</summary>
    public static abstract V Between(int from, int to);

    /// <summary>Reads the lanes that are marked, nothing else; the others are 0.</summary>
    public static abstract V Load(float* p, V mask);

    /// <summary>Writes the lanes that are marked, nothing else.</summary>
    public static abstract void Store(V a, float* p, V mask);

    /// <summary>Sixteen bytes as numbers from 0 to 255.</summary>
    public static abstract V LoadBytes(byte* p);

    /// <summary>
    /// For each lane two neighbouring bytes as numbers from 0 to 255: p[i] and p[i + 1], where the lane of <paramref name="indices"/> holds the whole
    /// number i. The two bytes after them may be read, too, and must exist.
    /// </summary>
    public static abstract (V First, V Second) LoadPairs(byte* p, V indices);

    /// <summary>
    /// The sum of all lanes, always in this order: lane i + lane i + 8, of these i + (i + 4), then (0 + 2) + (1 + 3).
    /// </summary>
    public static abstract float Sum(V a);

    /// <summary>Four sums at once, each in the order of <see cref="Sum(V)"/>.</summary>
    public static abstract Vector128<float> Sum4(V a, V b, V c, V d);

    /// <summary>Sixteen sums at once, each in the order of <see cref="Sum(V)"/>, in sixteen lanes: what <see cref="Sum4"/> gives for each of four rows.</summary>
    public static abstract V Sum16(
        V a0, V a1, V a2, V a3, V b0, V b1, V b2, V b3, V c0, V c1, V c2, V c3, V d0, V d1, V d2, V d3);

    /// <summary>The lanes, four by four.</summary>
    public static abstract (Vector128<float> A, Vector128<float> B, Vector128<float> C, Vector128<float> D) Quarters(V a);
}
