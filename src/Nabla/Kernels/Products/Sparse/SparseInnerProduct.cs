using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Kernels;

using Row = LaneAccumulators<Lanes128, Const4>;

/// <summary>
/// C = A·Bᵀ where A has many zeros, such as a batch of images: row by row, from the groups of eight numbers that a <see cref="ZeroMap"/> marks. The same bits as those of
/// <see cref="InnerProduct"/>, whose sixteen lanes are here two times eight, each half with its own marks.
/// </summary>
internal static unsafe class SparseInnerProduct
{
    private const int Most = 8, Least = 4;              // results that are computed together
    private const int LeastToFind = 12;                 // columns that a map must serve if it has to be made first
    private const int MostRows = 64, Room = 512;        // rows that stay near while B passes by; words of the stack for their map, which a narrow B never exceeds

    /// <summary>Computes rows [rowFrom, rowTo) × columns [columnFrom, columnTo) of C, if it can, and if that is the faster way.</summary>
    /// <returns>Whether it has.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryCompute(in InnerProduct.Operands o, int rowFrom, int rowTo, int columnFrom, int columnTo) =>
        ZeroMap.Suits(o.Depth) && columnTo - columnFrom >= (o.Zeros == null ? LeastToFind : Least) && TryComputeLong(o, rowFrom, rowTo, columnFrom, columnTo);

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static bool TryComputeLong(in InnerProduct.Operands o, int rowFrom, int rowTo, int columnFrom, int columnTo)
    {
        var scratch = stackalloc ulong[Room];
        int rows = rowTo - rowFrom, words = ZeroMap.Words(o.Depth);
        if (rows == 1 && o.Zeros == null)
        {
            ZeroMap.Find(o.A + rowFrom * o.ARow, 1, o.Depth, scratch);     // a look at the row is not much cheaper
            if (!ZeroMap.IsSparse(scratch, 1, o.Depth))
                return false;
            ComputeBand(o, rowFrom, rowTo, columnFrom, columnTo, scratch);
            return true;
        }
        if (o.Zeros == null ? !ZeroStatistics.AreFew(o.A + rowFrom * o.ARow, rows, o.Depth) : !ZeroMap.IsSparse(o.Zeros + (nint)rowFrom * words, rows, o.Depth))
            return false;
        var bands = new EvenPartition(rows, Math.Min(MostRows, Room / words));
        for (var band = 0; band < bands.Count; band++)
        {
            int first = rowFrom + bands.Start(band), end = rowFrom + bands.Start(band + 1);
            var zeros = o.Zeros == null ? scratch : o.Zeros + (nint)first * words;
            if (o.Zeros == null)
                ZeroMap.Find(o.A + first * o.ARow, end - first, o.Depth, zeros);
            ComputeBand(o, first, end, columnFrom, columnTo, zeros);
        }
        return true;
    }

    /// <summary>Computes a few rows, whose map it is given.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void ComputeBand(in InnerProduct.Operands o, int first, int end, int columnFrom, int columnTo, ulong* zeros)
    {
        var words = ZeroMap.Words(o.Depth);
        for (var j = columnFrom; j < columnTo;)
        {
            var width = columnTo - j >= Most ? Most : Least;
            var column = Math.Min(j, columnTo - Least);         // where these reach too far, a few are computed again
            var marks = zeros;
            for (var i = first; i < end; i++, marks += words)
                if (width == Most)
                    Tile<Const8>(o, i, column, marks, words);
                else
                    Tile<Const4>(o, i, column, marks, words);
            j += width;
        }
    }

    /// <summary>Eight results side by side, or four. The conditions are constants to the compiler.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Tile<TColumns>(in InnerProduct.Operands o, nint row, nint column, ulong* marks, int words) where TColumns : struct, IConstantInt
    {
        nint bRow = o.BRow;
        float* a = o.A + row * o.ARow, b = o.B + column * bRow;
        FourSums r0 = default, r4 = default, s0 = default, s4 = default;       // of the lower eight lanes, and of the upper
        for (; words > 0; words -= 2, marks += 2, a += 2 * ZeroMap.Group * ZeroMap.Bits, b += 2 * ZeroMap.Group * ZeroMap.Bits)
        {
            Add<TColumns>(a, b, bRow, marks[0], ref r0, ref r4);
            Add<TColumns>(a + ZeroMap.Group, b + ZeroMap.Group, bRow, marks[1], ref s0, ref s4);
        }
        r0.Add(s0);
        r4.Add(s4);
        var c = o.C + row * o.CRow + column;
        var bias = o.Bias == null ? null : o.Bias + column;
        Row.StoreFour(r0.Folded(), c, bias);
        if (TColumns.Value > 4)
            Row.StoreFour(r4.Folded(), c + 4, bias == null ? null : bias + 4);
    }

    /// <summary>Adds the products of the groups that are marked, of every other eight numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TColumns>(float* a, float* b, nint bRow, ulong mask, ref FourSums r0, ref FourSums r4) where TColumns : struct, IConstantInt
    {
        for (; mask != 0; mask &= mask - 1)
        {
            nint k = BitOperations.TrailingZeroCount(mask) * (2 * ZeroMap.Group);
            var x = Vector256.Load(a + k);
            r0.MultiplyAddRows(x, b + k, bRow);
            if (TColumns.Value > 4)
                r4.MultiplyAddRows(x, b + k + 4 * bRow, bRow);
        }
    }

    /// <summary>Eight lanes of each of four results.</summary>
    private struct FourSums
    {
        private Vector256<float> v0, v1, v2, v3;

        /// <summary>this ← this + x·b for four rows of b.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void MultiplyAddRows(Vector256<float> x, float* b, nint row)
        {
            v0 = Vector256.FusedMultiplyAdd(x, Vector256.Load(b), v0);
            v1 = Vector256.FusedMultiplyAdd(x, Vector256.Load(b + row), v1);
            v2 = Vector256.FusedMultiplyAdd(x, Vector256.Load(b + 2 * row), v2);
            v3 = Vector256.FusedMultiplyAdd(x, Vector256.Load(b + 3 * row), v3);
        }

        /// <summary>this ← this + s: of sixteen lanes, i + (i + 8).</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(in FourSums s)
        {
            v0 += s.v0;
            v1 += s.v1;
            v2 += s.v2;
            v3 += s.v3;
        }

        /// <summary>The lanes of each result added up, in the order that <see cref="IVectorLanes{V}.Sum(V)"/> says: i + (i + 4), then (0 + 2) + (1 + 3).</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly Vector128<float> Folded() => Lanes128.SumsOfFour(
            v0.GetLower() + v0.GetUpper(), v1.GetLower() + v1.GetUpper(), v2.GetLower() + v2.GetUpper(), v3.GetLower() + v3.GetUpper());
    }
}
