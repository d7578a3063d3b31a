using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>
/// C = A·B, tile by tile: each result is one chain of fused multiply-adds over k, from 0 upwards. Rows of B are
/// read sixteen columns at a time; each number of A is spread over all lanes.
/// </summary>
/// <remarks>
/// A may be stored either way round (its two strides say how); B and C have their rows in order. It serves A·B and Aᵀ·B.
/// Nothing is packed yet: the layers of small networks are small enough to stay in the caches as they are.
/// </remarks>
internal static unsafe class RowTimesMatrix
{
    /// <summary>The operands: A(i, k) = a[i·aRow + k·aColumn], B(k, j) = b[k·bRow + j], C(i, j) = c[i·cRow + j].</summary>
    internal readonly struct Operands(
        float* a, nint aRow, nint aColumn, float* b, nint bRow, float* c, nint cRow, float* bias, nint depth)
    {
        public readonly float* A = a, B = b, C = c, Bias = bias;
        public readonly nint ARow = aRow, AColumn = aColumn, BRow = bRow, CRow = cRow, Depth = depth;
    }

    /// <summary>Computes rows [rowFrom, rowTo) × columns [columnFrom, columnTo) of C.</summary>
    public static void Compute(in Operands o, nint rowFrom, nint rowTo, nint columnFrom, nint columnTo)
    {
        switch (Processor.Current)
        {
            case InstructionSet.Avx512: Rows<Lanes512, Two>(o, rowFrom, rowTo, columnFrom, columnTo); break;
            case InstructionSet.Avx2: Rows<Lanes256, One>(o, rowFrom, rowTo, columnFrom, columnTo); break;
            default: Rows<Lanes128, One>(o, rowFrom, rowTo, columnFrom, columnTo); break;
        }
    }

    private static void Rows<V, TWide>(in Operands o, nint rowFrom, nint rowTo, nint columnFrom, nint columnTo)
        where V : struct, ILanes<V> where TWide : struct, INumber
    {
        // A column strip of B stays in the nearest cache while all rows of A pass over it.
        var j = columnFrom;
        var wide = TWide.Value * ILanes<V>.Count;
        for (; j <= columnTo - wide; j += wide)
            Strip<V, TWide, TWide>(o, rowFrom, rowTo, j, V.Of(0));
        if (TWide.Value > 1 && j <= columnTo - ILanes<V>.Count)
        {
            Strip<V, TWide, One>(o, rowFrom, rowTo, j, V.Of(0));
            j += ILanes<V>.Count;
        }
        if (j < columnTo)
            Strip<V, TWide, Marked>(o, rowFrom, rowTo, j, V.First((int)(columnTo - j)));
    }

    private static void Strip<V, TWide, TWidth>(in Operands o, nint rowFrom, nint rowTo, nint column, V marked)
        where V : struct, ILanes<V> where TWide : struct, INumber where TWidth : struct, INumber
    {
        var i = rowFrom;
        if (TWide.Value > 1)                              // enough registers for eight rows
            for (; i <= rowTo - 8; i += 8)
                Tile<V, Eight, TWidth>(o, i, column, marked);
        for (; i <= rowTo - 4; i += 4)
            Tile<V, Four, TWidth>(o, i, column, marked);
        if (i <= rowTo - 2)
        {
            Tile<V, Two, TWidth>(o, i, column, marked);
            i += 2;
        }
        if (i < rowTo)
            Tile<V, One, TWidth>(o, i, column, marked);
    }

    /// <summary>A block of C in registers. The conditions are constants to the compiler: what does not apply is not there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<V, TRows, TWidth>(in Operands o, nint row, nint column, V marked)
        where V : struct, ILanes<V> where TRows : struct, INumber where TWidth : struct, INumber
    {
        nint aRow = o.ARow, aColumn = o.AColumn, bRow = o.BRow;
        float* a = o.A + row * aRow, b = o.B + column, end = b + o.Depth * bRow;
        V c00 = V.Of(0), c10 = c00, c20 = c00, c30 = c00, c40 = c00, c50 = c00, c60 = c00, c70 = c00;
        V c01 = c00, c11 = c00, c21 = c00, c31 = c00, c41 = c00, c51 = c00, c61 = c00, c71 = c00;
        float* a4 = a + 4 * aRow;
        for (; b != end; b += bRow, a += aColumn, a4 += aColumn)
        {
            var b0 = TWidth.Value == Marked.Value ? V.Load(b, marked) : V.Load(b);
            var b1 = TWidth.Value == 2 ? V.Load(b + ILanes<V>.Count) : b0;
            var a0 = V.Of(*a);
            c00 = V.MultiplyAdd(a0, b0, c00);
            if (TWidth.Value == 2)
                c01 = V.MultiplyAdd(a0, b1, c01);
            if (TRows.Value > 1)
            {
                var a1 = V.Of(*(a + aRow));
                c10 = V.MultiplyAdd(a1, b0, c10);
                if (TWidth.Value == 2)
                    c11 = V.MultiplyAdd(a1, b1, c11);
            }
            if (TRows.Value > 2)
            {
                var a2 = V.Of(*(a + 2 * aRow));
                c20 = V.MultiplyAdd(a2, b0, c20);
                if (TWidth.Value == 2)
                    c21 = V.MultiplyAdd(a2, b1, c21);
            }
            if (TRows.Value > 3)
            {
                var a3 = V.Of(*(a + 3 * aRow));
                c30 = V.MultiplyAdd(a3, b0, c30);
                if (TWidth.Value == 2)
                    c31 = V.MultiplyAdd(a3, b1, c31);
            }
            if (TRows.Value > 4)
            {
                var a40 = V.Of(*a4);
                c40 = V.MultiplyAdd(a40, b0, c40);
                if (TWidth.Value == 2)
                    c41 = V.MultiplyAdd(a40, b1, c41);
            }
            if (TRows.Value > 5)
            {
                var a5 = V.Of(*(a4 + aRow));
                c50 = V.MultiplyAdd(a5, b0, c50);
                if (TWidth.Value == 2)
                    c51 = V.MultiplyAdd(a5, b1, c51);
            }
            if (TRows.Value > 6)
            {
                var a6 = V.Of(*(a4 + 2 * aRow));
                c60 = V.MultiplyAdd(a6, b0, c60);
                if (TWidth.Value == 2)
                    c61 = V.MultiplyAdd(a6, b1, c61);
            }
            if (TRows.Value > 7)
            {
                var a7 = V.Of(*(a4 + 3 * aRow));
                c70 = V.MultiplyAdd(a7, b0, c70);
                if (TWidth.Value == 2)
                    c71 = V.MultiplyAdd(a7, b1, c71);
            }
        }
        var c = o.C + row * o.CRow + column;
        V bias0 = V.Of(0), bias1 = bias0;
        if (o.Bias != null)
        {
            bias0 = TWidth.Value == Marked.Value ? V.Load(o.Bias + column, marked) : V.Load(o.Bias + column);
            bias1 = TWidth.Value == 2 ? V.Load(o.Bias + column + ILanes<V>.Count) : bias0;
        }
        Store<V, TWidth>(c, c00 + bias0, c01 + bias1, marked);
        if (TRows.Value > 1)
            Store<V, TWidth>(c + o.CRow, c10 + bias0, c11 + bias1, marked);
        if (TRows.Value > 2)
            Store<V, TWidth>(c + 2 * o.CRow, c20 + bias0, c21 + bias1, marked);
        if (TRows.Value > 3)
            Store<V, TWidth>(c + 3 * o.CRow, c30 + bias0, c31 + bias1, marked);
        if (TRows.Value > 4)
            Store<V, TWidth>(c + 4 * o.CRow, c40 + bias0, c41 + bias1, marked);
        if (TRows.Value > 5)
            Store<V, TWidth>(c + 5 * o.CRow, c50 + bias0, c51 + bias1, marked);
        if (TRows.Value > 6)
            Store<V, TWidth>(c + 6 * o.CRow, c60 + bias0, c61 + bias1, marked);
        if (TRows.Value > 7)
            Store<V, TWidth>(c + 7 * o.CRow, c70 + bias0, c71 + bias1, marked);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<V, TWidth>(float* c, V first, V second, V marked)
        where V : struct, ILanes<V> where TWidth : struct, INumber
    {
        if (TWidth.Value == Marked.Value)
            V.Store(first, c, marked);
        else
            V.Store(first, c);
        if (TWidth.Value == 2)
            V.Store(second, c + ILanes<V>.Count);
    }
}
