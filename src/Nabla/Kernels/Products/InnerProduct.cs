using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>
/// C = A·Bᵀ with a narrow B: each result is the inner product of two rows, summed in sixteen lanes that are folded in a
/// fixed order at the end.
/// </summary>
/// <remarks>
/// It is made for Y = X·Wᵀ where W has many inputs and few neurons (784 → 16). Both operands are read as they lie in
/// memory, so a single example is served as well as a batch: nothing is packed, and no lane is idle.
/// </remarks>
internal readonly unsafe struct InnerProduct : IBlockKernel
{
    private const int TileColumns = 4;
    private const int ElementsInL1 = 6400;              // of A, which stay in L1 while B passes by

    /// <inheritdoc/>
    public static bool Suits(in ProductOperands o) => o.SumsInLanes;

    /// <inheritdoc/>
    public static void Compute(in ProductOperands o) => ProductBlocks<InnerProduct>.Compute(o);

    /// <inheritdoc/>
    public static void ComputeBlock(in ProductOperands o, int rowFrom, int rowTo, int columnFrom, int columnTo) =>
        Dispatch.Run(new Block(in o, rowFrom, rowTo, columnFrom, columnTo));

    private readonly ref struct Block(
        ref readonly ProductOperands operands, int rowFrom, int rowTo, int columnFrom, int columnTo) : IForLanes
    {
        private readonly ref readonly ProductOperands operands = ref operands;
        private readonly int tileRows = Dispatch.Choose(avx512: 4, avx2: 2, portable: 1);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IForLanes.Run<V>() =>
            Tiles<V>(operands, rowFrom, rowTo, columnFrom, columnTo, tileRows);
    }

    /// <summary>Computes a block of C, tile by tile.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Tiles<V>(
        in ProductOperands o, int rowFrom, int rowTo, int columnFrom, int columnTo, int tileRows)
        where V : struct, IVectorLanes<V>
    {
        var heights = new EvenPartition(rowTo - rowFrom, tileRows);
        var bands = new EvenPartition(heights.Count, Math.Max(1, ElementsInL1 / (tileRows * o.Depth)));
        for (var band = 0; band < bands.Count; band++)
        {
            int first = bands.Start(band), end = bands.Start(band + 1);
            for (var j = columnFrom; j < columnTo; j += TileColumns)
                for (var part = first; part < end; part++)
                    Heights<V>(
                        o, rowFrom + heights.Start(part), j,
                        heights.Length(part), Math.Min(TileColumns, columnTo - j));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Heights<V>(in ProductOperands o, nint i, nint j, int height, int width)
        where V : struct, IVectorLanes<V>
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
    private static void Widths<V, TRows>(in ProductOperands o, nint i, nint j, int width)
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

    /// <summary>
    /// A tile of C in registers. The conditions are constants to the compiler, which leaves out the branches that do
    /// not apply.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Tile<V, TRows, TColumns>(in ProductOperands o, nint row, nint column)
        where V : struct, IVectorLanes<V> where TRows : struct, IConstantInt where TColumns : struct, IConstantInt
    {
        nint depth = o.Depth, cRow = o.Columns, rest = depth % IVectorLanes<V>.Count;
        float* a0 = o.A + row * depth, a1 = a0 + depth, a2 = a1 + depth, a3 = a2 + depth;
        float* b0 = o.B + column * depth, b1 = b0 + depth, b2 = b1 + depth, b3 = b2 + depth;
        LaneAccumulators<V, TColumns> r0 = default, r1 = default, r2 = default, r3 = default, q = default;
        nint k = 0, end = depth - rest;
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
        var c = o.C + row * cRow + column;
        var bias = o.Bias == null ? null : o.Bias + column;
        if (TRows.Value == 4 && TColumns.Value == 4)
        {
            LaneAccumulators<V, TColumns>.Store(r0, r1, r2, r3, c, cRow, bias);
            return;
        }
        r0.Store(c, bias);
        if (TRows.Value > 1) r1.Store(c += cRow, bias);
        if (TRows.Value > 2) r2.Store(c += cRow, bias);
        if (TRows.Value > 3) r3.Store(c += cRow, bias);
    }
}
