using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Kernels;

/// <summary>
/// C = A·Bᵀ with the rows of both in order: each result is the inner product of two rows, in sixteen lanes that are
/// summed in a fixed order at the end.
/// </summary>
/// <remarks>
/// Made for Y = X·Wᵀ where W has many inputs and few neurons (784 → 16). Both operands are read as they lie in memory, so that a single
/// example is as well served as a batch: nothing is packed, and no lane is idle.
/// </remarks>
internal static unsafe class RowTimesRow
{
    private const int Columns = 4, NearestCache = 6400;     // numbers of A that stay near while B passes by

    /// <summary>The operands: A(i, k) = a[i·aRow + k], B(j, k) = b[j·bRow + k], C(i, j) = c[i·cRow + j].</summary>
    internal readonly struct Operands(
        float* a, nint aRow, float* b, nint bRow, float* c, nint cRow, float* bias, int depth)
    {
        public readonly float* A = a, B = b, C = c, Bias = bias;
        public readonly nint ARow = aRow, BRow = bRow, CRow = cRow;
        public readonly int Depth = depth;
    }

    /// <summary>Computes rows [rowFrom, rowTo) × columns [columnFrom, columnTo) of C.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compute(in Operands o, int rowFrom, int rowTo, int columnFrom, int columnTo)
    {
        var most = Processor.Current switch
        {
            InstructionSet.Avx512 => 4,
            InstructionSet.Avx2 => 2,
            _ => 1,
        };
        var heights = new EvenParts(rowTo - rowFrom, most);
        if (rowTo - rowFrom == 1 && Processor.Current == InstructionSet.Avx512)
            for (; columnFrom <= columnTo - 2 * Columns; columnFrom += 2 * Columns)
                OneRow<Lanes512>(o, rowFrom, columnFrom);
        var bands = new EvenParts(heights.Count, Math.Max(1, NearestCache / (most * Math.Max(1, o.Depth))));
        for (var band = 0; band < bands.Count; band++)
            for (var j = columnFrom; j < columnTo; j += Columns)
                for (var part = bands.Start(band); part < bands.Start(band + 1); part++)
                {
                    int i = rowFrom + heights.Start(part), height = heights.Length(part), width = Math.Min(Columns, columnTo - j);
                    switch (Processor.Current)
                    {
                        case InstructionSet.Avx512: Heights<Lanes512>(o, i, j, height, width); break;
                        case InstructionSet.Avx2: Heights<Lanes256>(o, i, j, height, width); break;
                        default: Heights<Lanes128>(o, i, j, height, width); break;
                    }
                }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Heights<V>(in Operands o, nint i, nint j, int height, int width) where V : struct, ILanes<V>
    {
        switch (height)
        {
            case 1: Widths<V, One>(o, i, j, width); break;
            case 2: Widths<V, Two>(o, i, j, width); break;
            case 3: Widths<V, Three>(o, i, j, width); break;
            case 4: Widths<V, Four>(o, i, j, width); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Widths<V, TRows>(in Operands o, nint i, nint j, int width)
        where V : struct, ILanes<V> where TRows : struct, INumber
    {
        switch (width)
        {
            case 1: Tile<V, TRows, One>(o, i, j); break;
            case 2: Tile<V, TRows, Two>(o, i, j); break;
            case 3: Tile<V, TRows, Three>(o, i, j); break;
            case 4: Tile<V, TRows, Four>(o, i, j); break;
        }
    }

    /// <summary>Eight results of one row: with four, the multiply-adds would wait for one another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneRow<V>(in Operands o, nint row, nint column) where V : struct, ILanes<V>
    {
        nint bRow = o.BRow, rest = o.Depth % ILanes<V>.Count;
        float* a = o.A + row * o.ARow;
        float* b0 = o.B + column * bRow, b1 = b0 + bRow, b2 = b1 + bRow, b3 = b2 + bRow;
        float* b4 = b3 + bRow, b5 = b4 + bRow, b6 = b5 + bRow, b7 = b6 + bRow;
        Row<V, Four> left = default, right = default, p = default, q = default;
        nint k = 0, end = o.Depth - rest;
        for (; k < end; k += ILanes<V>.Count)
        {
            var x = V.Load(a + k);
            p.Load(b0 + k, b1 + k, b2 + k, b3 + k);
            left.MultiplyAdd(x, p);
            q.Load(b4 + k, b5 + k, b6 + k, b7 + k);
            right.MultiplyAdd(x, q);
        }
        if (rest > 0)
        {
            var marked = V.First((int)rest);
            var x = V.Load(a + k, marked);
            p.Load(b0 + k, b1 + k, b2 + k, b3 + k, marked);
            left.MultiplyAdd(x, p);
            q.Load(b4 + k, b5 + k, b6 + k, b7 + k, marked);
            right.MultiplyAdd(x, q);
        }
        var c = o.C + row * o.CRow + column;
        left.Store(c, o.Bias == null ? null : o.Bias + column);
        right.Store(c + Columns, o.Bias == null ? null : o.Bias + column + Columns);
    }

    /// <summary>A block of C in registers. The conditions are constants to the compiler: what does not apply is not there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<V, TRows, TColumns>(in Operands o, nint row, nint column)
        where V : struct, ILanes<V> where TRows : struct, INumber where TColumns : struct, INumber
    {
        nint aRow = o.ARow, bRow = o.BRow, rest = o.Depth % ILanes<V>.Count;
        float* a0 = o.A + row * aRow, a1 = a0 + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
        float* b0 = o.B + column * bRow, b1 = b0 + bRow, b2 = b1 + bRow, b3 = b2 + bRow;
        Row<V, TColumns> r0 = default, r1 = default, r2 = default, r3 = default, q = default;
        nint k = 0, end = o.Depth - rest;
        for (; k < end; k += ILanes<V>.Count)
        {
            q.Load(b0 + k, b1 + k, b2 + k, b3 + k);
            r0.MultiplyAdd(V.Load(a0 + k), q);
            if (TRows.Value > 1) r1.MultiplyAdd(V.Load(a1 + k), q);
            if (TRows.Value > 2) r2.MultiplyAdd(V.Load(a2 + k), q);
            if (TRows.Value > 3) r3.MultiplyAdd(V.Load(a3 + k), q);
        }
        if (rest > 0)
        {
            var marked = V.First((int)rest);
            q.Load(b0 + k, b1 + k, b2 + k, b3 + k, marked);
            r0.MultiplyAdd(V.Load(a0 + k, marked), q);
            if (TRows.Value > 1) r1.MultiplyAdd(V.Load(a1 + k, marked), q);
            if (TRows.Value > 2) r2.MultiplyAdd(V.Load(a2 + k, marked), q);
            if (TRows.Value > 3) r3.MultiplyAdd(V.Load(a3 + k, marked), q);
        }
        var c = o.C + row * o.CRow + column;
        var bias = o.Bias == null ? null : o.Bias + column;
        if (TRows.Value == 4 && TColumns.Value == 4)
        {
            Row<V, TColumns>.Store(r0, r1, r2, r3, c, o.CRow, bias);
            return;
        }
        r0.Store(c, bias);
        if (TRows.Value > 1) r1.Store(c += o.CRow, bias);
        if (TRows.Value > 2) r2.Store(c += o.CRow, bias);
        if (TRows.Value > 3) r3.Store(c += o.CRow, bias);
    }

    /// <summary>One row of a block: the lanes of up to four results.</summary>
    private struct Row<V, TColumns> where V : struct, ILanes<V> where TColumns : struct, INumber
    {
        private V v0, v1, v2, v3;

        /// <summary>this ← this + a·b, column by column.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void MultiplyAdd(V a, in Row<V, TColumns> b)
        {
            v0 = V.MultiplyAdd(a, b.v0, v0);
            if (TColumns.Value > 1) v1 = V.MultiplyAdd(a, b.v1, v1);
            if (TColumns.Value > 2) v2 = V.MultiplyAdd(a, b.v2, v2);
            if (TColumns.Value > 3) v3 = V.MultiplyAdd(a, b.v3, v3);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Load(float* p0, float* p1, float* p2, float* p3)
        {
            v0 = V.Load(p0);
            if (TColumns.Value > 1) v1 = V.Load(p1);
            if (TColumns.Value > 2) v2 = V.Load(p2);
            if (TColumns.Value > 3) v3 = V.Load(p3);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Load(float* p0, float* p1, float* p2, float* p3, V marked)
        {
            v0 = V.Load(p0, marked);
            if (TColumns.Value > 1) v1 = V.Load(p1, marked);
            if (TColumns.Value > 2) v2 = V.Load(p2, marked);
            if (TColumns.Value > 3) v3 = V.Load(p3, marked);
        }

        /// <summary>Folds the lanes of each result into one number, and adds the bias, if there is one.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Store(float* c, float* bias)
        {
            if (TColumns.Value == 4)
            {
                StoreFour(V.Sum4(v0, v1, v2, v3), c, bias);
                return;
            }
            c[0] = V.Sum(v0);
            if (TColumns.Value > 1) c[1] = V.Sum(v1);
            if (TColumns.Value > 2) c[2] = V.Sum(v2);
            if (bias != null)
                for (var j = 0; j < TColumns.Value; j++)
                    c[j] += bias[j];
        }

        /// <summary>The same for four rows of four at once.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(
            in Row<V, TColumns> r0, in Row<V, TColumns> r1, in Row<V, TColumns> r2, in Row<V, TColumns> r3, float* c, nint cRow, float* bias)
        {
            var (s0, s1, s2, s3) = V.Sum16(
                r0.v0, r0.v1, r0.v2, r0.v3, r1.v0, r1.v1, r1.v2, r1.v3,
                r2.v0, r2.v1, r2.v2, r2.v3, r3.v0, r3.v1, r3.v2, r3.v3);
            StoreFour(s0, c, bias);
            StoreFour(s1, c + cRow, bias);
            StoreFour(s2, c + 2 * cRow, bias);
            StoreFour(s3, c + 3 * cRow, bias);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void StoreFour(Vector128<float> sums, float* c, float* bias) =>
            (bias == null ? sums : sums + Vector128.Load(bias)).Store(c);
    }
}
