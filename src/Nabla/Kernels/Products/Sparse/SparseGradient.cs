using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Kernels;

/// <summary>
/// C = Aᵀ·B where B has many zeros: the gradient of a layer's weights, δᵀ·X, where X is a batch of images. A tile of C
/// has eight columns, and takes only those rows of B that have anything in these columns, according to a
/// <see cref="ZeroMap"/>.
/// </summary>
internal readonly unsafe struct SparseGradient : IProductKernel
{
    private const int LeastRows = 8;                    // that a map must serve
    private const int LeastRowsToFind = 12;             // the same if the map has to be made first
    private const int LeastDepth = 8, MostDepth = 1024; // each tile goes through all of B, which must stay near
    private const int PartsPerThread = 16;              // many, because those in the middle of the images take longer

    [ThreadStatic]
    private static ulong[]? maps;

    /// <summary>The most rows of a tile, by the number of registers.</summary>
    private static int MostRows => Dispatch.Choose(avx512: 16, avx2: 8, portable: 8);

    /// <inheritdoc/>
    /// <remarks>It leaves a product to <see cref="SparseProduct"/> if A has even more zeros.</remarks>
    public static bool Suits(in ProductOperands o) =>
        o.ATransposed && !o.BTransposed && o.Bias == null
        && o.Rows >= (o.Zeros == null ? LeastRowsToFind : LeastRows)
        && o.Depth is >= LeastDepth and <= MostDepth
        && (o.Zeros == null
            ? ZeroMap.Suits(o.Columns) && ZeroStatistics.AreFew(o.B, o.Depth, o.Columns)
            : ZeroMap.IsSparse(o.Zeros, o.Depth, o.Columns))
        && !SparseProduct.IsFasterForGradient(o);

    /// <summary>Computes all of C. If B has no map, it makes one.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Compute(in ProductOperands o)
    {
        int words = ZeroMap.Words(o.Columns), layers = (o.Depth - 1) / ZeroMap.Bits + 1;
        var transposed = Scratch(words * (layers * ZeroMap.Bits + o.Depth));
        var zeros = o.Zeros;
        if (zeros == null)
            ZeroMap.Find(o.B, o.Depth, o.Columns, zeros = transposed + layers * words * ZeroMap.Bits);
        for (var layer = 0; layer < layers; layer++)
        {
            var first = layer * ZeroMap.Bits;
            ZeroMap.Transpose(
                zeros + first * words, Math.Min(ZeroMap.Bits, o.Depth - first), o.Columns, transposed + first * words);
        }
        var strips = new EvenPartition(o.Rows, MostRows);
        var ranges = o.IsShared ? (PartsPerThread * Workers.Threads - 1) / strips.Count + 1 : 1;
        var blocks = new Blocks(o.A, o.B, o.C, transposed, strips, ranges, o.Rows, o.Columns, layers);
        Workers.Run(blocks, strips.Count * ranges, o.IsShared);
    }

    /// <summary>Scratch for the maps of one product, which the calling thread keeps, and which does not move.</summary>
    private static ulong* Scratch(int words)
    {
        if (maps is null || maps.Length < words)
            maps = GC.AllocateUninitializedArray<ulong>(words, pinned: true);
        return (ulong*)Unsafe.AsPointer(ref maps[0]);
    }

    /// <summary>
    /// A strip of rows × a range of columns. Parts are numbered strip by strip, so that each thread computes the
    /// gradient of the same neurons from step to step, and finds their weights and the optimiser's memory of them in
    /// its own cache.
    /// </summary>
    private readonly struct Blocks(
        float* a, float* b, float* c, ulong* transposed, EvenPartition strips, int ranges, int rows, int columns,
        int layers) : IParts
    {
        public void Run(int index)
        {
            int j = strips.Start(index / ranges), height = strips.Length(index / ranges), range = index % ranges;
            switch (height)
            {
                case 4: Range<Const4>(j, range); break;
                case 5: Range<Const5>(j, range); break;
                case 6: Range<Const6>(j, range); break;
                case 7: Range<Const7>(j, range); break;
                case 8: Range<Const8>(j, range); break;
                case 9: Range<Const9>(j, range); break;
                case 10: Range<Const10>(j, range); break;
                case 11: Range<Const11>(j, range); break;
                case 12: Range<Const12>(j, range); break;
                case 13: Range<Const13>(j, range); break;
                case 14: Range<Const14>(j, range); break;
                case 15: Range<Const15>(j, range); break;
                case 16: Range<Const16>(j, range); break;
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private void Range<TRows>(int j, int range) where TRows : struct, IConstantInt
        {
            int groups = columns / ZeroMap.Group, layer = ZeroMap.Words(columns) * ZeroMap.Bits;
            for (var group = groups * range / ranges; group < groups * (range + 1) / ranges; group++)
            {
                nint i = group * ZeroMap.Group;
                Tile<TRows>(
                    a + j, rows, b + i, columns, c + (nint)j * columns + i,
                    transposed + ZeroMap.Place(group), layers, layer);
            }
        }
    }

    /// <summary>
    /// A tile of C in registers: up to sixteen rows of eight values. The conditions are constants to the compiler.
    /// </summary>
    /// <param name="a">The column of A for the first row of the tile.</param>
    /// <param name="aRow">The distance from one row of A to the next.</param>
    /// <param name="b">The columns of B for the tile.</param>
    /// <param name="bRow">The distance from one row of B, or C, to the next.</param>
    /// <param name="c">Where the tile is stored.</param>
    /// <param name="marks">The rows of B to take, of the first 64.</param>
    /// <param name="layers">How many times there are 64 rows, the last time perhaps fewer.</param>
    /// <param name="layer">The distance from the marks of 64 rows to those of the next 64.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Tile<TRows>(
        float* a, nint aRow, float* b, nint bRow, float* c, ulong* marks, int layers, nint layer)
        where TRows : struct, IConstantInt
    {
        Vector256<float> r0 = default, r1 = default, r2 = default, r3 = default;
        Vector256<float> r4 = default, r5 = default, r6 = default, r7 = default;
        Vector256<float> r8 = default, r9 = default, r10 = default, r11 = default;
        Vector256<float> r12 = default, r13 = default, r14 = default, r15 = default;
        for (; layers > 0; layers--, marks += layer, a += ZeroMap.Bits * aRow, b += ZeroMap.Bits * bRow)
            for (var mask = *marks; mask != 0; mask &= mask - 1)
            {
                nint k = BitOperations.TrailingZeroCount(mask);
                var x = Vector256.Load(b + k * bRow);
                var d = a + k * aRow;
                r0 = Vector256.FusedMultiplyAdd(x, Vector256.Create(d[0]), r0);
                r1 = Vector256.FusedMultiplyAdd(x, Vector256.Create(d[1]), r1);
                r2 = Vector256.FusedMultiplyAdd(x, Vector256.Create(d[2]), r2);
                r3 = Vector256.FusedMultiplyAdd(x, Vector256.Create(d[3]), r3);
                if (TRows.Value > 4) r4 = Vector256.FusedMultiplyAdd(x, Vector256.Create(d[4]), r4);
                if (TRows.Value > 5) r5 = Vector256.FusedMultiplyAdd(x, Vector256.Create(d[5]), r5);
                if (TRows.Value > 6) r6 = Vector256.FusedMultiplyAdd(x, Vector256.Create(d[6]), r6);
                if (TRows.Value > 7) r7 = Vector256.FusedMultiplyAdd(x, Vector256.Create(d[7]), r7);
                if (TRows.Value > 8) r8 = Vector256.FusedMultiplyAdd(x, Vector256.Create(d[8]), r8);
                if (TRows.Value > 9) r9 = Vector256.FusedMultiplyAdd(x, Vector256.Create(d[9]), r9);
                if (TRows.Value > 10) r10 = Vector256.FusedMultiplyAdd(x, Vector256.Create(d[10]), r10);
                if (TRows.Value > 11) r11 = Vector256.FusedMultiplyAdd(x, Vector256.Create(d[11]), r11);
                if (TRows.Value > 12) r12 = Vector256.FusedMultiplyAdd(x, Vector256.Create(d[12]), r12);
                if (TRows.Value > 13) r13 = Vector256.FusedMultiplyAdd(x, Vector256.Create(d[13]), r13);
                if (TRows.Value > 14) r14 = Vector256.FusedMultiplyAdd(x, Vector256.Create(d[14]), r14);
                if (TRows.Value > 15) r15 = Vector256.FusedMultiplyAdd(x, Vector256.Create(d[15]), r15);
            }
        Store(r0, c);
        Store(r1, c += bRow);
        Store(r2, c += bRow);
        Store(r3, c += bRow);
        if (TRows.Value > 4) Store(r4, c += bRow);
        if (TRows.Value > 5) Store(r5, c += bRow);
        if (TRows.Value > 6) Store(r6, c += bRow);
        if (TRows.Value > 7) Store(r7, c += bRow);
        if (TRows.Value > 8) Store(r8, c += bRow);
        if (TRows.Value > 9) Store(r9, c += bRow);
        if (TRows.Value > 10) Store(r10, c += bRow);
        if (TRows.Value > 11) Store(r11, c += bRow);
        if (TRows.Value > 12) Store(r12, c += bRow);
        if (TRows.Value > 13) Store(r13, c += bRow);
        if (TRows.Value > 14) Store(r14, c += bRow);
        if (TRows.Value > 15) Store(r15, c += bRow);
    }

    /// <summary>Stores eight results plus 0, so that none is −0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<float> r, float* c) => (r + Vector256<float>.Zero).Store(c);
}
