using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>
/// C = A·Bᵀ with the rows of both in order: each result is the inner product of two rows, in sixteen lanes that are
/// summed in a fixed order at the end.
/// </summary>
/// <remarks>
/// Made for Y = X·Wᵀ. Both operands are read as they lie in memory, so that a narrow layer (784 → 16) and a single example
/// are as well served as a large batch: nothing is packed, and no lane is idle.
/// </remarks>
internal static unsafe class RowTimesRow
{
    /// <summary>The operands: A(i, k) = a[i·aRow + k], B(j, k) = b[j·bRow + k], C(i, j) = c[i·cRow + j].</summary>
    internal readonly struct Operands(
        float* a, nint aRow, float* b, nint bRow, float* c, nint cRow, float* bias, nint depth)
    {
        public readonly float* A = a, B = b, C = c, Bias = bias;
        public readonly nint ARow = aRow, BRow = bRow, CRow = cRow, Depth = depth;
    }

    /// <summary>Computes rows [rowFrom, rowTo) × columns [columnFrom, columnTo) of C.</summary>
    public static void Compute(in Operands o, nint rowFrom, nint rowTo, nint columnFrom, nint columnTo)
    {
        switch (Processor.Current)
        {
            case InstructionSet.Avx512: Rows<Lanes512, Four>(o, rowFrom, rowTo, columnFrom, columnTo); break;
            case InstructionSet.Avx2: Rows<Lanes256, Two>(o, rowFrom, rowTo, columnFrom, columnTo); break;
            default: Rows<Lanes128, One>(o, rowFrom, rowTo, columnFrom, columnTo); break;
        }
    }

    private static void Rows<V, TMost>(in Operands o, nint rowFrom, nint rowTo, nint columnFrom, nint columnTo)
        where V : struct, ILanes<V> where TMost : struct, INumber
    {
        var i = rowFrom;
        if (TMost.Value >= 4)
            for (; i <= rowTo - 4; i += 4)
                Columns<V, Four>(o, i, columnFrom, columnTo);
        if (TMost.Value >= 2)
            for (; i <= rowTo - 2; i += 2)
                Columns<V, Two>(o, i, columnFrom, columnTo);
        for (; i < rowTo; i++)
            Columns<V, One>(o, i, columnFrom, columnTo);
    }

    private static void Columns<V, TRows>(in Operands o, nint row, nint columnFrom, nint columnTo)
        where V : struct, ILanes<V> where TRows : struct, INumber
    {
        var j = columnFrom;
        for (; j <= columnTo - 4; j += 4)
            Tile<V, TRows, Four>(o, row, j);
        if (j <= columnTo - 2)
        {
            Tile<V, TRows, Two>(o, row, j);
            j += 2;
        }
        if (j < columnTo)
            Tile<V, TRows, One>(o, row, j);
    }

    /// <summary>A block of C in registers. The conditions are constants to the compiler: what does not apply is not there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<V, TRows, TColumns>(in Operands o, nint row, nint column)
        where V : struct, ILanes<V> where TRows : struct, INumber where TColumns : struct, INumber
    {
        nint aRow = o.ARow, bRow = o.BRow, depth = o.Depth;
        float* a = o.A + row * aRow, b = o.B + column * bRow;
        float* a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow, b1 = b + bRow, b2 = b1 + bRow, b3 = b2 + bRow;
        V zero = V.Of(0);
        V c00 = zero, c01 = zero, c02 = zero, c03 = zero;
        V c10 = zero, c11 = zero, c12 = zero, c13 = zero;
        V c20 = zero, c21 = zero, c22 = zero, c23 = zero;
        V c30 = zero, c31 = zero, c32 = zero, c33 = zero;
        nint k = 0;
        for (; k <= depth - ILanes<V>.Count; k += ILanes<V>.Count)
        {
            var q0 = V.Load(b + k);
            var q1 = TColumns.Value > 1 ? V.Load(b1 + k) : zero;
            var q2 = TColumns.Value > 2 ? V.Load(b2 + k) : zero;
            var q3 = TColumns.Value > 3 ? V.Load(b3 + k) : zero;
            var p0 = V.Load(a + k);
            c00 = V.MultiplyAdd(p0, q0, c00);
            if (TColumns.Value > 1)
                c01 = V.MultiplyAdd(p0, q1, c01);
            if (TColumns.Value > 2)
                c02 = V.MultiplyAdd(p0, q2, c02);
            if (TColumns.Value > 3)
                c03 = V.MultiplyAdd(p0, q3, c03);
            if (TRows.Value > 1)
            {
                var p1 = V.Load(a1 + k);
                c10 = V.MultiplyAdd(p1, q0, c10);
                if (TColumns.Value > 1)
                    c11 = V.MultiplyAdd(p1, q1, c11);
                if (TColumns.Value > 2)
                    c12 = V.MultiplyAdd(p1, q2, c12);
                if (TColumns.Value > 3)
                    c13 = V.MultiplyAdd(p1, q3, c13);
            }
            if (TRows.Value > 2)
            {
                var p2 = V.Load(a2 + k);
                c20 = V.MultiplyAdd(p2, q0, c20);
                if (TColumns.Value > 1)
                    c21 = V.MultiplyAdd(p2, q1, c21);
                if (TColumns.Value > 2)
                    c22 = V.MultiplyAdd(p2, q2, c22);
                if (TColumns.Value > 3)
                    c23 = V.MultiplyAdd(p2, q3, c23);
            }
            if (TRows.Value > 3)
            {
                var p3 = V.Load(a3 + k);
                c30 = V.MultiplyAdd(p3, q0, c30);
                if (TColumns.Value > 1)
                    c31 = V.MultiplyAdd(p3, q1, c31);
                if (TColumns.Value > 2)
                    c32 = V.MultiplyAdd(p3, q2, c32);
                if (TColumns.Value > 3)
                    c33 = V.MultiplyAdd(p3, q3, c33);
            }
        }
        if (k < depth)
        {
            var marked = V.First((int)(depth - k));
            var q0 = V.Load(b + k, marked);
            var q1 = TColumns.Value > 1 ? V.Load(b1 + k, marked) : zero;
            var q2 = TColumns.Value > 2 ? V.Load(b2 + k, marked) : zero;
            var q3 = TColumns.Value > 3 ? V.Load(b3 + k, marked) : zero;
            var p0 = V.Load(a + k, marked);
            c00 = V.MultiplyAdd(p0, q0, c00);
            if (TColumns.Value > 1)
                c01 = V.MultiplyAdd(p0, q1, c01);
            if (TColumns.Value > 2)
                c02 = V.MultiplyAdd(p0, q2, c02);
            if (TColumns.Value > 3)
                c03 = V.MultiplyAdd(p0, q3, c03);
            if (TRows.Value > 1)
            {
                var p1 = V.Load(a1 + k, marked);
                c10 = V.MultiplyAdd(p1, q0, c10);
                if (TColumns.Value > 1)
                    c11 = V.MultiplyAdd(p1, q1, c11);
                if (TColumns.Value > 2)
                    c12 = V.MultiplyAdd(p1, q2, c12);
                if (TColumns.Value > 3)
                    c13 = V.MultiplyAdd(p1, q3, c13);
            }
            if (TRows.Value > 2)
            {
                var p2 = V.Load(a2 + k, marked);
                c20 = V.MultiplyAdd(p2, q0, c20);
                if (TColumns.Value > 1)
                    c21 = V.MultiplyAdd(p2, q1, c21);
                if (TColumns.Value > 2)
                    c22 = V.MultiplyAdd(p2, q2, c22);
                if (TColumns.Value > 3)
                    c23 = V.MultiplyAdd(p2, q3, c23);
            }
            if (TRows.Value > 3)
            {
                var p3 = V.Load(a3 + k, marked);
                c30 = V.MultiplyAdd(p3, q0, c30);
                if (TColumns.Value > 1)
                    c31 = V.MultiplyAdd(p3, q1, c31);
                if (TColumns.Value > 2)
                    c32 = V.MultiplyAdd(p3, q2, c32);
                if (TColumns.Value > 3)
                    c33 = V.MultiplyAdd(p3, q3, c33);
            }
        }
        var c = o.C + row * o.CRow + column;
        var bias = o.Bias == null ? null : o.Bias + column;
        Store<V, TColumns>(c00, c01, c02, c03, c, bias);
        if (TRows.Value > 1)
            Store<V, TColumns>(c10, c11, c12, c13, c + o.CRow, bias);
        if (TRows.Value > 2)
            Store<V, TColumns>(c20, c21, c22, c23, c + 2 * o.CRow, bias);
        if (TRows.Value > 3)
            Store<V, TColumns>(c30, c31, c32, c33, c + 3 * o.CRow, bias);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<V, TColumns>(V s0, V s1, V s2, V s3, float* c, float* bias)
        where V : struct, ILanes<V> where TColumns : struct, INumber
    {
        if (TColumns.Value == 4)
        {
            V.Sum4(s0, s1, s2, s3, c);
        }
        else
        {
            c[0] = V.Sum(s0);
            if (TColumns.Value > 1)
                c[1] = V.Sum(s1);
        }
        if (bias != null)
            for (var j = 0; j < TColumns.Value; j++)
                c[j] += bias[j];
    }
}
