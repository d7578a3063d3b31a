using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>
/// C = A·Bᵀ with the rows of both in order: each result is the inner product of two rows, in sixteen lanes that are
/// summed in a fixed order at the end.
/// </summary>
/// <remarks>
/// Made for Y = X·Wᵀ where W has many inputs and few neurons (784 → 16). Both operands are read as they lie in memory, so that a single
/// example is as well served as a batch: nothing is packed, and no lane is idle.
/// </remarks>
internal static unsafe class InnerProduct
{
    private const int Columns = 4, NearestCache = 6400;     // numbers of A that stay near while B passes by

    /// <summary>The operands: A(i, k) = a[i·aRow + k], B(j, k) = b[j·bRow + k], C(i, j) = c[i·cRow + j].</summary>
    internal readonly struct Operands(
        float* a, nint aRow, float* b, nint bRow, float* c, nint cRow, float* bias, int depth, ulong* zeros = null)
    {
        public readonly float* A = a, B = b, C = c, Bias = bias;
        public readonly nint ARow = aRow, BRow = bRow, CRow = cRow;
        public readonly int Depth = depth;

        /// <summary>The map of A's zeros, or null.</summary>
        public readonly ulong* Zeros = zeros;
    }

    /// <summary>Computes rows [rowFrom, rowTo) × columns [columnFrom, columnTo) of C.</summary>
    public static void Compute(in Operands o, int rowFrom, int rowTo, int columnFrom, int columnTo)
    {
        if (SparseInnerProduct.TryCompute(o, rowFrom, rowTo, columnFrom, columnTo))
            return;
        if (VectorProduct.Suits(rowTo - rowFrom, columnTo - columnFrom))
        {
            VectorProduct.Compute(o, rowFrom, columnFrom, columnTo);
            return;
        }
        switch (Processor.Current)
        {
            case InstructionSet.Avx512: Compute<Lanes512>(o, rowFrom, rowTo, columnFrom, columnTo, most: 4); break;
            case InstructionSet.Avx2: Compute<Lanes256>(o, rowFrom, rowTo, columnFrom, columnTo, most: 2); break;
            default: Compute<Lanes128>(o, rowFrom, rowTo, columnFrom, columnTo, most: 1); break;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Compute<V>(in Operands o, int rowFrom, int rowTo, int columnFrom, int columnTo, int most) where V : struct, IVectorLanes<V>
    {
        EvenPartition heights = new(rowTo - rowFrom, most), bands = new(heights.Count, Math.Max(1, NearestCache / (most * Math.Max(1, o.Depth))));
        for (var band = 0; band < bands.Count; band++)
        {
            int first = bands.Start(band), end = bands.Start(band + 1);
            for (var j = columnFrom; j < columnTo; j += Columns)
                for (var part = first; part < end; part++)
                    Heights<V>(o, rowFrom + heights.Start(part), j, heights.Length(part), Math.Min(Columns, columnTo - j));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Heights<V>(in Operands o, nint i, nint j, int height, int width) where V : struct, IVectorLanes<V>
    {
        switch (height)
        {
            case 1: Widths<V, Const1>(o, i, j, width); break;
            case 2: Widths<V, Const2>(o, i, j, width); break;
            case 3: Widths<V, Const3>(o, i, j, width); break;
            case 4: Widths<V, Const4>(o, i, j, width); break;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Widths<V, TRows>(in Operands o, nint i, nint j, int width)
        where V : struct, IVectorLanes<V> where TRows : struct, IConstantInt
    {
        switch (width)
        {
            case 1: Tile<V, TRows, Const1>(o, i, j); break;
            case 2: Tile<V, TRows, Const2>(o, i, j); break;
            case 3: Tile<V, TRows, Const3>(o, i, j); break;
            case 4: Tile<V, TRows, Const4>(o, i, j); break;
        }
    }

    /// <summary>A block of C in registers. The conditions are constants to the compiler: what does not apply is not there.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Tile<V, TRows, TColumns>(in Operands o, nint row, nint column)
        where V : struct, IVectorLanes<V> where TRows : struct, IConstantInt where TColumns : struct, IConstantInt
    {
        nint aRow = o.ARow, bRow = o.BRow, rest = o.Depth % IVectorLanes<V>.Count;
        float* a0 = o.A + row * aRow, a1 = a0 + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
        float* b0 = o.B + column * bRow, b1 = b0 + bRow, b2 = b1 + bRow, b3 = b2 + bRow;
        LaneAccumulators<V, TColumns> r0 = default, r1 = default, r2 = default, r3 = default, q = default;
        nint k = 0, end = o.Depth - rest;
        for (; k < end; k += IVectorLanes<V>.Count)
        {
            q.Load(b0 + k, b1 + k, b2 + k, b3 + k);
            r0.MultiplyAdd(V.Load(a0 + k), q);
            if (TRows.Value > 1) r1.MultiplyAdd(V.Load(a1 + k), q);
            if (TRows.Value > 2) r2.MultiplyAdd(V.Load(a2 + k), q);
            if (TRows.Value > 3) r3.MultiplyAdd(V.Load(a3 + k), q);
        }
        if (rest != 0)
        {
            var mask = V.FirstN((int)rest);
            q.Load(b0 + k, b1 + k, b2 + k, b3 + k, mask);
            r0.MultiplyAdd(V.Load(a0 + k, mask), q);
            if (TRows.Value > 1) r1.MultiplyAdd(V.Load(a1 + k, mask), q);
            if (TRows.Value > 2) r2.MultiplyAdd(V.Load(a2 + k, mask), q);
            if (TRows.Value > 3) r3.MultiplyAdd(V.Load(a3 + k, mask), q);
        }
        var c = o.C + row * o.CRow + column;
        var bias = o.Bias == null ? null : o.Bias + column;
        if (TRows.Value == 4 && TColumns.Value == 4)
        {
            LaneAccumulators<V, TColumns>.Store(r0, r1, r2, r3, c, o.CRow, bias);
            return;
        }
        r0.Store(c, bias);
        if (TRows.Value > 1) r1.Store(c += o.CRow, bias);
        if (TRows.Value > 2) r2.Store(c += o.CRow, bias);
        if (TRows.Value > 3) r3.Store(c += o.CRow, bias);
    }
}
