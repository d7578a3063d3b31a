using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>
/// The micro-kernel: one small block of C = A·B, all of it in registers while k runs. Each result is one chain of fused
/// multiply-adds, from the first k upwards.
/// </summary>
/// <remarks>
/// At every k it reads one row of B, sixteen or thirty-two numbers wide, and for each row of the block one number of A, which is spread over
/// all lanes. With 12 rows and 32 columns of AVX-512 that is 14 reads for 24 multiply-adds: the reads hide behind the arithmetic.
/// The conditions on <c>TRows</c> and <c>TWidth</c> are constants to the compiler: what does not apply is not there.
/// </remarks>
internal static unsafe class ProductTile
{
    /// <summary>The most rows of a block; by the registers that there are.</summary>
    public static int MostRows => Processor.Current switch
    {
        InstructionSet.Avx512 => 12,
        InstructionSet.Avx2 => 6,
        _ => 4,
    };

    /// <summary>The most columns of a block.</summary>
    public static int MostColumns => Processor.Current == InstructionSet.Avx512 ? 32 : 16;

    /// <summary>How to walk: A(i, k) = a[i·ARow + k·AStep], B(k, j) = b[k·BRow + j], C(i, j) = c[i·CRow + j].</summary>
    internal readonly struct Strides(nint aRow, nint aStep, nint bRow, nint cRow, nint depth, bool adds)
    {
        public readonly nint ARow = aRow, AStep = aStep, BRow = bRow, CRow = cRow, Depth = depth;

        /// <summary>Whether the chains go on from what C holds, or start at 0.</summary>
        public readonly bool Adds = adds;
    }

    /// <summary>Computes a block of up to <see cref="MostRows"/> × <see cref="MostColumns"/>; bias, if not null, is added at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compute(float* a, float* b, float* c, float* bias, in Strides s, int rows, int columns)
    {
        switch (Processor.Current)
        {
            case InstructionSet.Avx512: Widths<Lanes512>(a, b, c, bias, s, rows, columns); break;
            case InstructionSet.Avx2: Widths<Lanes256>(a, b, c, bias, s, rows, columns); break;
            default: Widths<Lanes128>(a, b, c, bias, s, rows, columns); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Widths<V>(float* a, float* b, float* c, float* bias, in Strides s, int rows, int columns)
        where V : struct, ILanes<V>
    {
        if (columns == 2 * ILanes<V>.Count)
        {
            Heights<V, Two>(a, b, c, bias, s, rows, columns);
            return;
        }
        if (columns >= ILanes<V>.Count)
        {
            Heights<V, One>(a, b, c, bias, s, rows, columns);
            columns -= ILanes<V>.Count;
            b += ILanes<V>.Count;
            c += ILanes<V>.Count;
            bias = bias == null ? null : bias + ILanes<V>.Count;
        }
        if (columns > 0)
            Heights<V, Marked>(a, b, c, bias, s, rows, columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Heights<V, TWidth>(float* a, float* b, float* c, float* bias, in Strides s, int rows, int columns)
        where V : struct, ILanes<V> where TWidth : struct, INumber
    {
        switch (rows)
        {
            case 1: Tile<V, One, TWidth>(a, b, c, bias, s, columns); break;
            case 2: Tile<V, Two, TWidth>(a, b, c, bias, s, columns); break;
            case 3: Tile<V, Three, TWidth>(a, b, c, bias, s, columns); break;
            case 4: Tile<V, Four, TWidth>(a, b, c, bias, s, columns); break;
            case 5: Tile<V, Five, TWidth>(a, b, c, bias, s, columns); break;
            case 6: Tile<V, Six, TWidth>(a, b, c, bias, s, columns); break;
            case 7: Tile<V, Seven, TWidth>(a, b, c, bias, s, columns); break;
            case 8: Tile<V, Eight, TWidth>(a, b, c, bias, s, columns); break;
            case 9: Tile<V, Nine, TWidth>(a, b, c, bias, s, columns); break;
            case 10: Tile<V, Ten, TWidth>(a, b, c, bias, s, columns); break;
            case 11: Tile<V, Eleven, TWidth>(a, b, c, bias, s, columns); break;
            case 12: Tile<V, Twelve, TWidth>(a, b, c, bias, s, columns); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<V, TRows, TWidth>(float* a, float* b, float* c, float* bias, in Strides s, int columns)
        where V : struct, ILanes<V> where TRows : struct, INumber where TWidth : struct, INumber
    {
        nint aRow = s.ARow, aStep = s.AStep, bRow = s.BRow, cRow = s.CRow;
        var marked = TWidth.Value == Marked.Value ? V.First(columns) : default;
        Row<V, TWidth> r0 = default, r1 = default, r2 = default, r3 = default, r4 = default, r5 = default;
        Row<V, TWidth> r6 = default, r7 = default, r8 = default, r9 = default, r10 = default, r11 = default;
        if (s.Adds)
        {
            var from = c;
            r0.Load(from, marked);
            if (TRows.Value > 1) r1.Load(from += cRow, marked);
            if (TRows.Value > 2) r2.Load(from += cRow, marked);
            if (TRows.Value > 3) r3.Load(from += cRow, marked);
            if (TRows.Value > 4) r4.Load(from += cRow, marked);
            if (TRows.Value > 5) r5.Load(from += cRow, marked);
            if (TRows.Value > 6) r6.Load(from += cRow, marked);
            if (TRows.Value > 7) r7.Load(from += cRow, marked);
            if (TRows.Value > 8) r8.Load(from += cRow, marked);
            if (TRows.Value > 9) r9.Load(from += cRow, marked);
            if (TRows.Value > 10) r10.Load(from += cRow, marked);
            if (TRows.Value > 11) r11.Load(from += cRow, marked);
        }
        float* a3 = a + 3 * aRow, a6 = a3 + 3 * aRow, a9 = a6 + 3 * aRow, end = b + s.Depth * bRow;
        for (; b != end; b += bRow, a += aStep, a3 += aStep, a6 += aStep, a9 += aStep)
        {
            Row<V, TWidth> p = default;
            p.Load(b, marked);
            r0.MultiplyAdd(*a, p);
            if (TRows.Value > 1) r1.MultiplyAdd(a[aRow], p);
            if (TRows.Value > 2) r2.MultiplyAdd(a[2 * aRow], p);
            if (TRows.Value > 3) r3.MultiplyAdd(*a3, p);
            if (TRows.Value > 4) r4.MultiplyAdd(a3[aRow], p);
            if (TRows.Value > 5) r5.MultiplyAdd(a3[2 * aRow], p);
            if (TRows.Value > 6) r6.MultiplyAdd(*a6, p);
            if (TRows.Value > 7) r7.MultiplyAdd(a6[aRow], p);
            if (TRows.Value > 8) r8.MultiplyAdd(a6[2 * aRow], p);
            if (TRows.Value > 9) r9.MultiplyAdd(*a9, p);
            if (TRows.Value > 10) r10.MultiplyAdd(a9[aRow], p);
            if (TRows.Value > 11) r11.MultiplyAdd(a9[2 * aRow], p);
        }
        Row<V, TWidth> plus = default;
        if (bias != null)
            plus.Load(bias, marked);
        r0.Store(c, plus, marked);
        if (TRows.Value > 1) r1.Store(c += cRow, plus, marked);
        if (TRows.Value > 2) r2.Store(c += cRow, plus, marked);
        if (TRows.Value > 3) r3.Store(c += cRow, plus, marked);
        if (TRows.Value > 4) r4.Store(c += cRow, plus, marked);
        if (TRows.Value > 5) r5.Store(c += cRow, plus, marked);
        if (TRows.Value > 6) r6.Store(c += cRow, plus, marked);
        if (TRows.Value > 7) r7.Store(c += cRow, plus, marked);
        if (TRows.Value > 8) r8.Store(c += cRow, plus, marked);
        if (TRows.Value > 9) r9.Store(c += cRow, plus, marked);
        if (TRows.Value > 10) r10.Store(c += cRow, plus, marked);
        if (TRows.Value > 11) r11.Store(c += cRow, plus, marked);
    }

    /// <summary>One row of a block: two sets of lanes, one, or part of one.</summary>
    private struct Row<V, TWidth> where V : struct, ILanes<V> where TWidth : struct, INumber
    {
        private V left, right;

        /// <summary>this ← this + a·b.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void MultiplyAdd(float a, in Row<V, TWidth> b)
        {
            var spread = V.Of(a);
            left = V.MultiplyAdd(spread, b.left, left);
            if (TWidth.Value == 2)
                right = V.MultiplyAdd(spread, b.right, right);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Load(float* from, V marked)
        {
            left = TWidth.Value == Marked.Value ? V.Load(from, marked) : V.Load(from);
            if (TWidth.Value == 2)
                right = V.Load(from + ILanes<V>.Count);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Store(float* to, in Row<V, TWidth> plus, V marked)
        {
            if (TWidth.Value == Marked.Value)
                V.Store(left + plus.left, to, marked);
            else
                V.Store(left + plus.left, to);
            if (TWidth.Value == 2)
                V.Store(right + plus.right, to + ILanes<V>.Count);
        }
    }
}
