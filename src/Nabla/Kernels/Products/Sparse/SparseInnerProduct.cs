using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Kernels;

using Row = LaneAccumulators<Lanes128, Const4>;

/// <summary>
/// C = A·Bᵀ with a narrow B, where A has many zeros, such as a batch of images: row by row, from the groups of eight
/// values that a <see cref="ZeroMap"/> marks. It gives the same bits as <see cref="InnerProduct"/>, whose sixteen lanes
/// are two times eight here, each half with its own marks.
/// </summary>
internal readonly unsafe struct SparseInnerProduct : IBlockKernel
{
    /// <summary>The least number of columns: results that are computed together.</summary>
    public const int LeastColumns = 4;

    /// <summary>The most words of a map that <see cref="NeedsMapOfRow"/> asks for.</summary>
    public const int MostWordsOfRow = 16;

    private const int MostColumns = 8;                  // that are computed together
    private const int LeastColumnsToFind = 12;          // that a map must serve if it has to be made first
    private const int MostRows = 64;                    // of A that stay near while B passes by
    private const int MostWords = 512;                  // of the stack for their map; a narrow B needs fewer

    /// <summary>
    /// Whether A is one row without a map, and wide enough that its map should be made before a kernel is chosen. Since
    /// B is narrow (<see cref="ProductOperands.SumsInLanes"/>), such a map has twelve words at most.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool NeedsMapOfRow(in ProductOperands o) =>
        o.Rows == 1 && o.SumsInLanes && o.Zeros == null && o.Columns >= LeastColumnsToFind && ZeroMap.Suits(o.Depth);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Suits(in ProductOperands o) =>
        o.SumsInLanes
        && (o.Zeros == null
            ? o.Columns >= LeastColumnsToFind && ZeroMap.Suits(o.Depth) && ZeroStatistics.AreFew(o.A, o.Rows, o.Depth)
            : o.Columns >= LeastColumns && ZeroMap.IsSparse(o.Zeros, o.Rows, o.Depth));

    /// <inheritdoc/>
    public static void Compute(in ProductOperands o) => ProductBlocks<SparseInnerProduct>.Compute(o);

    /// <inheritdoc/>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void ComputeBlock(in ProductOperands o, int rowFrom, int rowTo, int columnFrom, int columnTo)
    {
        var scratch = stackalloc ulong[MostWords];
        var words = ZeroMap.Words(o.Depth);
        var bands = new EvenPartition(rowTo - rowFrom, Math.Min(MostRows, MostWords / words));
        for (var band = 0; band < bands.Count; band++)
        {
            int first = rowFrom + bands.Start(band), end = rowFrom + bands.Start(band + 1);
            var zeros = o.Zeros == null ? scratch : o.Zeros + (nint)first * words;
            if (o.Zeros == null)
                ZeroMap.Find(o.A + (nint)first * o.Depth, end - first, o.Depth, zeros);
            ComputeBand(o, first, end, columnFrom, columnTo, zeros);
        }
    }

    /// <summary>Computes a few rows, whose map is given.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void ComputeBand(
        in ProductOperands o, int first, int end, int columnFrom, int columnTo, ulong* zeros)
    {
        var words = ZeroMap.Words(o.Depth);
        for (var j = columnFrom; j < columnTo;)
        {
            var width = columnTo - j >= MostColumns ? MostColumns : LeastColumns;
            var column = Math.Min(j, columnTo - LeastColumns);  // if these reach too far, a few are computed again
            var marks = zeros;
            for (var i = first; i < end; i++, marks += words)
                if (width == MostColumns)
                    Tile<Const8>(o, i, column, marks, words);
                else
                    Tile<Const4>(o, i, column, marks, words);
            j += width;
        }
    }

    /// <summary>Eight results side by side, or four. The conditions are constants to the compiler.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Tile<TColumns>(in ProductOperands o, nint row, nint column, ulong* marks, int words)
        where TColumns : struct, IConstantInt
    {
        const int Step = 2 * ZeroMap.Group * ZeroMap.Bits;
        nint bRow = o.Depth;
        float* a = o.A + row * bRow, b = o.B + column * bRow;
        FourSums r0 = default, r4 = default;            // of the lower eight lanes
        FourSums s0 = default, s4 = default;            // of the upper eight lanes
        for (; words > 0; words -= 2, marks += 2, a += Step, b += Step)
        {
            Add<TColumns>(a, b, bRow, marks[0], ref r0, ref r4);
            Add<TColumns>(a + ZeroMap.Group, b + ZeroMap.Group, bRow, marks[1], ref s0, ref s4);
        }
        r0.Add(s0);
        r4.Add(s4);
        var c = o.C + row * o.Columns + column;
        var bias = o.Bias == null ? null : o.Bias + column;
        Row.StoreFour(r0.Folded(), c, bias);
        if (TColumns.Value > 4)
            Row.StoreFour(r4.Folded(), c + 4, bias == null ? null : bias + 4);
    }

    /// <summary>Adds the products of the marked groups among every other eight values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TColumns>(float* a, float* b, nint bRow, ulong mask, ref FourSums r0, ref FourSums r4)
        where TColumns : struct, IConstantInt
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

        /// <summary>
        /// The sums of the lanes of each result, in the order of <see cref="IVectorLanes{V}.Sum(V)"/>:
        /// i + (i + 4), then (0 + 2) + (1 + 3).
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly Vector128<float> Folded() => Lanes128.SumsOfFour(
            v0.GetLower() + v0.GetUpper(), v1.GetLower() + v1.GetUpper(),
            v2.GetLower() + v2.GetUpper(), v3.GetLower() + v3.GetUpper());
    }
}
