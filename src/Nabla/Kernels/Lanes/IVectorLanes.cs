using System.Runtime.Intrinsics;
using Nabla.Formulas;

namespace Nabla.Kernels;

/// <summary>
/// Sixteen lanes in vector registers: the arithmetic of <see cref="ILanes{V}"/>, and what the kernels need beside it,
/// such as loads, stores, masks and sums over the lanes.
/// </summary>
/// <remarks>
/// There are always sixteen lanes, whatever the width of a register, and every operation rounds as IEEE 754 requires.
/// So a kernel gives the same bits on every instruction set, by construction.
/// </remarks>
/// <typeparam name="V">The implementing type.</typeparam>
internal unsafe interface IVectorLanes<V> : ILanes<V> where V : struct, IVectorLanes<V>
{
    /// <summary>The number of lanes.</summary>
    public const int Count = 16;

    /// <summary>
    /// In each lane the larger of <paramref name="largest"/>, which must not be negative, and |a|. Their bits are
    /// compared: infinity is above all finite values, and NaN above infinity.
    /// </summary>
    public static abstract V LargerMagnitude(V largest, V a);

    /// <summary><paramref name="yes"/> in the lanes where a is NaN, <paramref name="no"/> in the others.</summary>
    public static abstract V WhereNaN(V a, V yes, V no);

    /// <summary>The elements at even positions of a followed by b: a₀ a₂ … a₁₄ b₀ b₂ … b₁₄.</summary>
    public static abstract V DeinterleaveEven(V a, V b);

    /// <summary>The elements at odd positions of a followed by b: a₁ a₃ … a₁₅ b₁ b₃ … b₁₅.</summary>
    public static abstract V DeinterleaveOdd(V a, V b);

    /// <summary>The first halves of a and b, alternately: a₀ b₀ a₁ b₁ …</summary>
    public static abstract V InterleaveLow(V a, V b);

    /// <summary>The second halves of a and b, alternately: a₈ b₈ a₉ b₉ …</summary>
    public static abstract V InterleaveHigh(V a, V b);

    /// <summary>
    /// The integers start … start + 15, modulo 2³², as bits: for the four methods that follow, not for arithmetic.
    /// </summary>
    public static abstract V CountFrom(uint start);

    /// <summary>The bits of a, exclusive or <paramref name="b"/>.</summary>
    public static abstract V XorBits(V a, uint b);

    /// <summary>The bits of a, exclusive or the same bits shifted down by <paramref name="n"/>.</summary>
    public static abstract V XorShifted(V a, int n);

    /// <summary>The bits of a as an integer, times <paramref name="b"/>, modulo 2³².</summary>
    public static abstract V MultiplyBits(V a, uint b);

    /// <summary>The upper 24 bits of a as a number from 0 to 2²⁴ − 1.</summary>
    public static abstract V Upper24Bits(V a);

    /// <summary>One bit per lane, lowest for the first lane: 0 if all bits of the lane are 0, else 1.</summary>
    public static abstract uint NonZero(V a);

    /// <summary>
    /// One bit for the lower eight lanes of each of the four arguments, then one for the upper eight of each: 0 if all
    /// their bits are 0, else 1.
    /// </summary>
    public static abstract uint NonZeroHalves(V a, V b, V c, V d);

    /// <summary>Reads sixteen values.</summary>
    public static abstract V Load(float* p);

    /// <summary>Writes sixteen values.</summary>
    public static abstract void Store(V a, float* p);

    /// <summary>A mask of the first <paramref name="count"/> lanes, 0 to 16, for masked loads and stores.</summary>
    public static abstract V FirstN(int count);

    /// <summary>A mask of the lanes from <paramref name="from"/> up to, but without, <paramref name="to"/>.</summary>
    public static abstract V Between(int from, int to);

    /// <summary>Reads the lanes in the mask and no memory beside them; the other lanes are 0.</summary>
    public static abstract V Load(float* p, V mask);

    /// <summary>Writes the lanes in the mask and no memory beside them.</summary>
    public static abstract void Store(V a, float* p, V mask);

    /// <summary>Sixteen bytes as numbers from 0 to 255.</summary>
    public static abstract V LoadBytes(byte* p);

    /// <summary>
    /// For each lane two neighbouring bytes as numbers from 0 to 255: p[i] and p[i + 1], where the lane of
    /// <paramref name="indices"/> holds the integer i. The two bytes after them may be read too, and must exist.
    /// </summary>
    public static abstract (V First, V Second) LoadPairs(byte* p, V indices);

    /// <summary>
    /// The sum of all lanes, always in this order: lane i + lane i + 8, of these i + (i + 4), then (0 + 2) + (1 + 3).
    /// </summary>
    public static abstract float Sum(V a);

    /// <summary>Four sums at once, each in the order of <see cref="Sum(V)"/>.</summary>
    public static abstract Vector128<float> Sum4(V a, V b, V c, V d);

    /// <summary>
    /// Sixteen sums at once, each in the order of <see cref="Sum(V)"/>, in sixteen lanes: the results of
    /// <see cref="Sum4"/> for each of four rows.
    /// </summary>
    public static abstract V Sum16(
        V a0, V a1, V a2, V a3, V b0, V b1, V b2, V b3, V c0, V c1, V c2, V c3, V d0, V d1, V d2, V d3);

    /// <summary>The lanes, four by four.</summary>
    public static abstract (Vector128<float> A, Vector128<float> B, Vector128<float> C, Vector128<float> D)
        Quarters(V a);
}
