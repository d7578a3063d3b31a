namespace Nabla.Formulas;

/// <summary>
/// The type that a formula computes with. Read <typeparamref name="V"/> as “a number”: <c>V Of&lt;V&gt;(V x)</c> is a
/// function of one number that returns a number.
/// </summary>
/// <remarks>
/// <para>In fact a V holds several float32 numbers, called lanes, and each operation works on all of them at once. The
/// library runs a formula on sixteen lanes: one AVX-512 register, two AVX2 registers, or four of 128 bits. A formula is
/// written once, for any V (<c>where V : struct, ILanes&lt;V&gt;</c>), and the compiler makes a version for each
/// instruction set.</para>
/// <para>Every operation rounds as IEEE 754 requires, and the number of lanes never changes. So a formula gives the
/// same bits on every processor.</para>
/// <para>A formula has no <c>if</c>, because one lane may need the one branch and its neighbour the other: compute both
/// and choose with <see cref="WhereLess(V, V, V, V)"/>. The exponential and its relatives are in
/// <see cref="Functions"/>. A formula of more than about eight operations should be marked
/// <c>[MethodImpl(MethodImplOptions.AggressiveInlining)]</c>, so that it becomes part of the loop that runs it.</para>
/// </remarks>
/// <typeparam name="V">The implementing type.</typeparam>
public interface ILanes<V> where V : struct, ILanes<V>
{
    /// <summary>a + b.</summary>
    public static abstract V operator +(V a, V b);

    /// <summary>a − b.</summary>
    public static abstract V operator -(V a, V b);

    /// <summary>a · b.</summary>
    public static abstract V operator *(V a, V b);

    /// <summary>a / b.</summary>
    public static abstract V operator /(V a, V b);

    /// <summary>−a.</summary>
    public static abstract V operator -(V a);

    /// <summary>a + b, with the same a in every lane.</summary>
    public static abstract V operator +(float a, V b);

    /// <summary>a − b, with the same a in every lane.</summary>
    public static abstract V operator -(float a, V b);

    /// <summary>a · b, with the same a in every lane.</summary>
    public static abstract V operator *(float a, V b);

    /// <summary>a / b, with the same a in every lane.</summary>
    public static abstract V operator /(float a, V b);

    /// <summary>a + b, with the same b in every lane.</summary>
    public static abstract V operator +(V a, float b);

    /// <summary>a − b, with the same b in every lane.</summary>
    public static abstract V operator -(V a, float b);

    /// <summary>a · b, with the same b in every lane.</summary>
    public static abstract V operator *(V a, float b);

    /// <summary>a / b, with the same b in every lane.</summary>
    public static abstract V operator /(V a, float b);

    /// <summary>The same number in every lane.</summary>
    public static abstract V Of(float value);

    /// <summary>a · b + c, rounded once.</summary>
    public static abstract V MultiplyAdd(V a, V b, V c);

    /// <summary>a · b + c, rounded once, with the same c in every lane: one step of a polynomial.</summary>
    public static abstract V MultiplyAdd(V a, V b, float c);

    /// <summary>a · b + c, rounded once, with the same b in every lane.</summary>
    public static abstract V MultiplyAdd(V a, float b, V c);

    /// <summary>a · b + c, rounded once, with the same b and the same c in every lane.</summary>
    public static abstract V MultiplyAdd(V a, float b, float c);

    /// <summary>The square root of a; NaN where a is negative.</summary>
    public static abstract V Sqrt(V a);

    /// <summary>|a|.</summary>
    public static abstract V Abs(V a);

    /// <summary>The largest integer that is not above a.</summary>
    public static abstract V Floor(V a);

    /// <summary>
    /// <paramref name="yes"/> in the lanes where a &lt; b, <paramref name="no"/> in the others, also where a or b is
    /// NaN.
    /// </summary>
    public static abstract V WhereLess(V a, V b, V yes, V no);

    /// <summary>
    /// <paramref name="yes"/> in the lanes where a &lt; b, <paramref name="no"/> in the others, also where a is NaN.
    /// The same b in every lane.
    /// </summary>
    public static abstract V WhereLess(V a, float b, V yes, V no);

    /// <summary>The larger of a and <paramref name="least"/>. NaN stays NaN.</summary>
    public static abstract V AtLeast(V a, float least);

    /// <summary>The smaller of a and <paramref name="most"/>. NaN stays NaN.</summary>
    public static abstract V AtMost(V a, float most);

    /// <summary>
    /// a · 2ⁿ, where b = n + 1.5·2²³ and n is an integer from −126 to 127. To add 1.5·2²³ to a small number rounds it
    /// to an integer n, and leaves n in the low bits of the sum; <see cref="Functions.Exp"/> uses this.
    /// </summary>
    public static abstract V TimesPowerOfTwo(V a, V b);
}
