using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>
/// The micro-kernel: one tile of C = A·B, whose sums stay in registers while k runs. Each result is one chain of fused
/// multiply-adds, from the first k upwards.
/// </summary>
/// <remarks>
/// For each k it reads one row of B, sixteen or thirty-two values wide, and for each row of the tile one value of A,
/// which is broadcast to all lanes. With 12 rows and 32 columns of AVX-512 that is 14 reads for 24 multiply-adds, so
/// the reads hide behind the arithmetic. The conditions on <c>TRows</c>, <c>TWidth</c> and <c>TSteps</c> are constants
/// to the compiler, which leaves out the branches that do not apply.
/// </remarks>
internal static unsafe class GemmMicroKernel
{
    /// <summary>The most rows of a tile (MR in BLIS), by the number of registers.</summary>
    public static int MostRows => Dispatch.Choose(avx512: 12, avx2: 6, portable: 4);

    /// <summary>The most columns of a tile (NR in BLIS).</summary>
    public static int MostColumns => Dispatch.Choose(avx512: 32, avx2: 16, portable: 16);

    /// <summary>
    /// Where the operands lie: A(i, k) = a[i·ARow + k·AStep], B(k, j) = b[k·BRow + j] or b[BRows[k] + j],
    /// C(i, j) = c[i·CRow + j].
    /// </summary>
    internal readonly struct Strides(
        nint aRow, nint aStep, nint bRow, nint cRow, nint depth, bool adds, int* bRows = null)
    {
        /// <summary>Where each row of B starts, or null if the rows are <see cref="BRow"/> apart.</summary>
        public readonly int* BRows = bRows;

        public readonly nint ARow = aRow, AStep = aStep, BRow = bRow, CRow = cRow, Depth = depth;

        /// <summary>Whether the chains continue from what C holds, or start at 0.</summary>
        public readonly bool Adds = adds;
    }

    /// <summary>
    /// Computes a tile of up to <see cref="MostRows"/> × <see cref="MostColumns"/>. <paramref name="bias"/>, if not
    /// null, is added at the end.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Compute(float* a, float* b, float* c, float* bias, in Strides s, int rows, int columns) =>
        Dispatch.Run(new ForLanes(a, b, c, bias, in s, rows, columns));

    private readonly ref struct ForLanes(
        float* a, float* b, float* c, float* bias, ref readonly Strides s, int rows, int columns) : IForLanes
    {
        private readonly ref readonly Strides s = ref s;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IForLanes.Run<V>() => Steps<V>(a, b, c, bias, s, rows, columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Steps<V>(float* a, float* b, float* c, float* bias, in Strides s, int rows, int columns)
        where V : struct, IVectorLanes<V>
    {
        if (s.BRows != null)
            Widths<V, ListedSteps>(a, b, c, bias, s, rows, columns);
        else
            Widths<V, EvenSteps>(a, b, c, bias, s, rows, columns);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Widths<V, TSteps>(
        float* a, float* b, float* c, float* bias, in Strides s, int rows, int columns)
        where V : struct, IVectorLanes<V> where TSteps : struct, ISteps
    {
        if (columns == 2 * IVectorLanes<V>.Count)
        {
            Heights<V, Const2, TSteps>(a, b, c, bias, s, rows, columns);
            return;
        }
        if (columns >= IVectorLanes<V>.Count)
        {
            Heights<V, Const1, TSteps>(a, b, c, bias, s, rows, columns);
            columns -= IVectorLanes<V>.Count;
            b += IVectorLanes<V>.Count;
            c += IVectorLanes<V>.Count;
            bias = bias == null ? null : bias + IVectorLanes<V>.Count;
        }
        if (columns > 0)
            Heights<V, Masked, TSteps>(a, b, c, bias, s, rows, columns);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Heights<V, TWidth, TSteps>(
        float* a, float* b, float* c, float* bias, in Strides s, int rows, int columns)
        where V : struct, IVectorLanes<V> where TWidth : struct, IConstantInt where TSteps : struct, ISteps
    {
        switch (rows)
        {
            case 1: Tile<V, Const1, TWidth, TSteps>(a, b, c, bias, s, columns); break;
            case 2: Tile<V, Const2, TWidth, TSteps>(a, b, c, bias, s, columns); break;
            case 3: Tile<V, Const3, TWidth, TSteps>(a, b, c, bias, s, columns); break;
            case 4: Tile<V, Const4, TWidth, TSteps>(a, b, c, bias, s, columns); break;
            case 5: Tile<V, Const5, TWidth, TSteps>(a, b, c, bias, s, columns); break;
            case 6: Tile<V, Const6, TWidth, TSteps>(a, b, c, bias, s, columns); break;
            case 7: Tile<V, Const7, TWidth, TSteps>(a, b, c, bias, s, columns); break;
            case 8: Tile<V, Const8, TWidth, TSteps>(a, b, c, bias, s, columns); break;
            case 9: Tile<V, Const9, TWidth, TSteps>(a, b, c, bias, s, columns); break;
            case 10: Tile<V, Const10, TWidth, TSteps>(a, b, c, bias, s, columns); break;
            case 11: Tile<V, Const11, TWidth, TSteps>(a, b, c, bias, s, columns); break;
            case 12: Tile<V, Const12, TWidth, TSteps>(a, b, c, bias, s, columns); break;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Tile<V, TRows, TWidth, TSteps>(
        float* a, float* b, float* c, float* bias, in Strides s, int columns)
        where V : struct, IVectorLanes<V>
        where TRows : struct, IConstantInt where TWidth : struct, IConstantInt where TSteps : struct, ISteps
    {
        nint aRow = s.ARow, aStep = s.AStep, bRow = s.BRow, cRow = s.CRow;
        var mask = TWidth.Value == Masked.Value ? V.FirstN(columns) : default;
        RegisterRow<V, TWidth> r0 = default, r1 = default, r2 = default, r3 = default, r4 = default, r5 = default;
        RegisterRow<V, TWidth> r6 = default, r7 = default, r8 = default, r9 = default, r10 = default, r11 = default;
        if (s.Adds)
        {
            var from = c;
            r0.Load(from, mask);
            if (TRows.Value > 1) r1.Load(from += cRow, mask);
            if (TRows.Value > 2) r2.Load(from += cRow, mask);
            if (TRows.Value > 3) r3.Load(from += cRow, mask);
            if (TRows.Value > 4) r4.Load(from += cRow, mask);
            if (TRows.Value > 5) r5.Load(from += cRow, mask);
            if (TRows.Value > 6) r6.Load(from += cRow, mask);
            if (TRows.Value > 7) r7.Load(from += cRow, mask);
            if (TRows.Value > 8) r8.Load(from += cRow, mask);
            if (TRows.Value > 9) r9.Load(from += cRow, mask);
            if (TRows.Value > 10) r10.Load(from += cRow, mask);
            if (TRows.Value > 11) r11.Load(from += cRow, mask);
        }
        float* a3 = a + 3 * aRow, a6 = a3 + 3 * aRow, a9 = a6 + 3 * aRow, end = b + s.Depth * bRow;
        int* listed = s.BRows, lastListed = listed + s.Depth;
        for (; TSteps.AreListed ? listed != lastListed : b != end; a += aStep, a3 += aStep, a6 += aStep, a9 += aStep)
        {
            RegisterRow<V, TWidth> p = default;
            if (TSteps.AreListed)
                p.Load(b + *listed++, mask);
            else
            {
                p.Load(b, mask);
                b += bRow;
            }
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
        RegisterRow<V, TWidth> epilogue = default;
        if (bias != null)
            epilogue.Load(bias, mask);
        epilogue.AddZero();                                 // so that no result is −0, see ZeroStatistics
        r0.Store(c, epilogue, mask);
        if (TRows.Value > 1) r1.Store(c += cRow, epilogue, mask);
        if (TRows.Value > 2) r2.Store(c += cRow, epilogue, mask);
        if (TRows.Value > 3) r3.Store(c += cRow, epilogue, mask);
        if (TRows.Value > 4) r4.Store(c += cRow, epilogue, mask);
        if (TRows.Value > 5) r5.Store(c += cRow, epilogue, mask);
        if (TRows.Value > 6) r6.Store(c += cRow, epilogue, mask);
        if (TRows.Value > 7) r7.Store(c += cRow, epilogue, mask);
        if (TRows.Value > 8) r8.Store(c += cRow, epilogue, mask);
        if (TRows.Value > 9) r9.Store(c += cRow, epilogue, mask);
        if (TRows.Value > 10) r10.Store(c += cRow, epilogue, mask);
        if (TRows.Value > 11) r11.Store(c += cRow, epilogue, mask);
    }

    /// <summary>How the rows of B are found, as a type, so that the compiler treats it as a constant.</summary>
    private interface ISteps
    {
        public static abstract bool AreListed { get; }
    }

    private readonly struct EvenSteps : ISteps
    {
        public static bool AreListed => false;
    }

    private readonly struct ListedSteps : ISteps
    {
        public static bool AreListed => true;
    }
}
