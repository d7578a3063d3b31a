using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>
/// C = A·B of any size and either way round, where many numbers of A are 0: a batch of images, what a ReLU gives, or the derivatives that come back through one. Row by row, each number
/// of A that is not 0 is multiplied with a row of B, and nothing else is.
/// </summary>
/// <remarks>
/// A panel of B (64 × 128 with AVX-512, 32 KB) stays in the nearest cache while all rows of A pass over it. Up to eight registers hold a row of C meanwhile: a multiply-add reads its numbers of B, which is
/// as much as the cache can give; the number of A serves all eight. Every result is one chain of multiply-adds in the order of k, so it has the same bits as those of <see cref="PackedProduct"/>.
/// </remarks>
internal static unsafe class SparseProduct
{
    private const int Bits = 64;                        // depth of a panel: a bit of a word for each of its rows
    private const int MostWidth = 8 * 16;               // of a panel
    private const int LeastRows = 8, LeastColumns = 64, LeastDepth = 32;       // each panel is copied for its rows; a chain waits for itself, so there must be some beside it
    private const int MostEighths = 5;                  // of the numbers of A that may be something. Measured with zeros in no order: with 6, it takes as long as a product of all
    private const int MostEighthsByImages = 3;          // the same beside SparseGradient, which takes as long then
    private const int MostTransposed = 1 << 21;             // numbers of A that are copied: 8 MB
    private const int MostRows = 1024;                  // that pass over a panel: their part of C, half a megabyte, must stay near until the next panel
    private const int LeastSets = 4;                    // across a strip, to keep the arithmetic busy
    private const int ForEachThread = 2;                // parts

    [ThreadStatic]
    private static float[]? transposed;                     // room for A of the products that this thread starts, if it is stored transposed

    [ThreadStatic]
    private static float[]? sums;                       // room for the part of C that this thread computes

    /// <summary>Sets of lanes across a panel: as many as there are registers for.</summary>
    private static int MostSets => Processor.Current switch
    {
        InstructionSet.Avx512 => 8,
        InstructionSet.Avx2 => 4,
        _ => 2,
    };

    /// <summary>Whether it is the faster way; also if A is known to be multiplied with a batch of images, whose own zeros could be passed over (<see cref="SparseGradient"/>).</summary>
    public static bool Suits(float* a, bool aTransposed, int rows, int columns, int depth, bool orByImages = false)
    {
        var eighths = orByImages ? MostEighthsByImages : MostEighths;
        return rows >= LeastRows && columns >= LeastColumns && depth >= LeastDepth && (!aTransposed || (long)rows * depth <= MostTransposed)
            && (aTransposed ? ZeroStatistics.AreSparse(a, depth, rows, eighths) : ZeroStatistics.AreSparse(a, rows, depth, eighths));
    }

    /// <summary>Computes all of C; <paramref name="bias"/>, if not null, is added to every row.</summary>
    public static void Compute(StridedMatrix a, StridedMatrix b, StridedMatrix c, float* bias, int rows, int columns, int depth, bool shared)
    {
        var isTransposed = a.Column != 1;
        if (isTransposed)
        {
            var transposing = new Transposing(a, AlignedBuffer.Scratch(ref transposed, rows * depth), rows, depth);
            Workers.Run(transposing, transposing.Parts, shared);
            a = transposing.Result;
        }
        var multiplying = new Multiplying(a, b, c, bias, rows, columns, depth, shared, byRows: isTransposed);
        Workers.Run(multiplying, multiplying.Parts, shared);
    }

    /// <summary>Copies A so that its rows are in order.</summary>
    private readonly struct Transposing(StridedMatrix a, float* to, int rows, int depth) : IParts
    {
        private readonly EvenPartition bands = new(rows, Bits);

        public int Parts => bands.Count;

        public StridedMatrix Result => new(to, depth, 1);

        public void Run(int index)
        {
            var i = bands.Start(index);
            Panels.Pack(new(a.At(i, 0), a.Column, a.Row), depth, bands.Length(index), to + (nint)i * depth, depth);
        }
    }

    /// <summary>Each part is a strip of columns × a band of rows.</summary>
    private readonly struct Multiplying : IParts
    {
        private readonly StridedMatrix a, b, c;
        private readonly float* bias;
        private readonly int columns, depth;
        private readonly EvenPartition strips, bands;
        private readonly bool byRows;                   // whether parts go band by band, not strip by strip: the rows of a gradient are neurons, and each thread should keep its own

        public Multiplying(StridedMatrix a, StridedMatrix b, StridedMatrix c, float* bias, int rows, int columns, int depth, bool shared, bool byRows)
        {
            (this.a, this.b, this.c, this.columns, this.depth) = (a, b, c, columns, depth);
            this.bias = bias;
            var sets = (columns - 1) / IVectorLanes<Lanes512>.Count + 1;
            this.byRows = byRows;
            var threads = shared ? Workers.Threads : 1;
            strips = new(sets, byRows ? MostSets : Math.Min(MostSets, Math.Max(LeastSets, (sets - 1) / threads + 1)));
            var wanted = Math.Max(((shared ? ForEachThread : 1) * threads - 1) / strips.Count + 1, byRows ? threads : 1);
            bands = new(rows, Math.Min(MostRows, (rows - 1) / wanted + 1));
        }

        public int Parts => strips.Count * bands.Count;

        [SkipLocalsInit]
        public void Run(int index)
        {
            int strip = byRows ? index % strips.Count : index / bands.Count, band = byRows ? index / strips.Count : index % bands.Count;
            int sets = strips.Length(strip), width = sets * IVectorLanes<Lanes512>.Count, j = strips.Start(strip) * IVectorLanes<Lanes512>.Count, used = Math.Min(width, columns - j);
            var scratch = stackalloc float[(Bits + 1) * MostWidth + AlignedBuffer.Line];
            float* panel = AlignedBuffer.Align(scratch), plus = panel + Bits * width;
            new Span<float>(panel, (Bits + 1) * width).Clear();        // columns beyond the last are computed with, too, and not stored
            for (var i = 0; i < used && bias != null; i++)
                plus[i] = bias[j + i] + 0f;                             // so that no result is −0, as NonZero needs
            var depths = new EvenPartition(depth, Bits);
            var sum = AlignedBuffer.Scratch(ref sums, bands.Length(band) * width);
            for (var d = 0; d < depths.Count; d++)
            {
                int k = depths.Start(d), first = bands.Start(band);
                Panels.Pack(new(b.At(k, j), b.Column, b.Row), used, depths.Length(d), panel, width);
                var rows = new Rows(a.At(first, k), a.Row, panel, sum, c.At(first, j), c.Row, d == depths.Count - 1 ? plus : null, bands.Length(band), depths.Length(d), used, adds: d > 0);
                switch (Processor.Current)
                {
                    case InstructionSet.Avx512: Multiply<Lanes512>(rows, sets); break;
                    case InstructionSet.Avx2: Multiply<Lanes256>(rows, sets); break;
                    default: Multiply<Lanes128>(rows, sets); break;
                }
            }
        }
    }

    /// <summary>Rows of A × a panel of B.</summary>
    private readonly struct Rows(float* a, nint aRow, float* panel, float* sums, float* c, nint cRow, float* plus, int count, int depth, int used, bool adds)
    {
        public readonly float* A = a, Panel = panel, Sums = sums, C = c;
        public readonly float* Plus = plus;             // what is added to each row at the end; null if it is not the end
        public readonly nint ARow = aRow, CRow = cRow;
        public readonly int Count = count, Depth = depth, Used = used;
        public readonly bool Adds = adds;               // whether the chains go on from the sums, or start at 0
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<V>(in Rows o, int sets) where V : struct, IVectorLanes<V>
    {
        switch (sets)
        {
            case 1: Multiply<V, Const1>(o); break;
            case 2: Multiply<V, Const2>(o); break;
            case 3: Multiply<V, Const3>(o); break;
            case 4: Multiply<V, Const4>(o); break;
            case 5: Multiply<V, Const5>(o); break;
            case 6: Multiply<V, Const6>(o); break;
            case 7: Multiply<V, Const7>(o); break;
            case 8: Multiply<V, Const8>(o); break;
        }
    }

    /// <summary>The conditions on <c>TSets</c> are constants to the compiler.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<V, TSets>(in Rows o) where V : struct, IVectorLanes<V> where TSets : struct, IConstantInt
    {
        const int L = IVectorLanes<V>.Count;
        float* a = o.A, panel = o.Panel, s = o.Sums, c = o.C, plus = o.Plus;
        var isWhole = o.Used == TSets.Value * L;
        var mask = V.FirstN(o.Used - (TSets.Value - 1) * L);
        for (var left = o.Count; left > 0; left--, a += o.ARow, s += TSets.Value * L, c += o.CRow)
        {
            V r0 = default, r1 = default, r2 = default, r3 = default, r4 = default, r5 = default, r6 = default, r7 = default;
            if (o.Adds)
            {
                r0 = V.Load(s);
                if (TSets.Value > 1) r1 = V.Load(s + L);
                if (TSets.Value > 2) r2 = V.Load(s + 2 * L);
                if (TSets.Value > 3) r3 = V.Load(s + 3 * L);
                if (TSets.Value > 4) r4 = V.Load(s + 4 * L);
                if (TSets.Value > 5) r5 = V.Load(s + 5 * L);
                if (TSets.Value > 6) r6 = V.Load(s + 6 * L);
                if (TSets.Value > 7) r7 = V.Load(s + 7 * L);
            }
            for (var some = NonZeros<V>(a, o.Depth); some != 0; some &= some - 1)
            {
                nint k = BitOperations.TrailingZeroCount(some);
                var x = V.Of(a[k]);
                var b = panel + k * (TSets.Value * L);
                r0 = V.MultiplyAdd(x, V.Load(b), r0);
                if (TSets.Value > 1) r1 = V.MultiplyAdd(x, V.Load(b + L), r1);
                if (TSets.Value > 2) r2 = V.MultiplyAdd(x, V.Load(b + 2 * L), r2);
                if (TSets.Value > 3) r3 = V.MultiplyAdd(x, V.Load(b + 3 * L), r3);
                if (TSets.Value > 4) r4 = V.MultiplyAdd(x, V.Load(b + 4 * L), r4);
                if (TSets.Value > 5) r5 = V.MultiplyAdd(x, V.Load(b + 5 * L), r5);
                if (TSets.Value > 6) r6 = V.MultiplyAdd(x, V.Load(b + 6 * L), r6);
                if (TSets.Value > 7) r7 = V.MultiplyAdd(x, V.Load(b + 7 * L), r7);
            }
            if (plus == null)
            {
                V.Store(r0, s);
                if (TSets.Value > 1) V.Store(r1, s + L);
                if (TSets.Value > 2) V.Store(r2, s + 2 * L);
                if (TSets.Value > 3) V.Store(r3, s + 3 * L);
                if (TSets.Value > 4) V.Store(r4, s + 4 * L);
                if (TSets.Value > 5) V.Store(r5, s + 5 * L);
                if (TSets.Value > 6) V.Store(r6, s + 6 * L);
                if (TSets.Value > 7) V.Store(r7, s + 7 * L);
                continue;
            }
            Store(r0 + V.Load(plus), c, TSets.Value > 1 || isWhole, mask);
            if (TSets.Value > 1) Store(r1 + V.Load(plus + L), c + L, TSets.Value > 2 || isWhole, mask);
            if (TSets.Value > 2) Store(r2 + V.Load(plus + 2 * L), c + 2 * L, TSets.Value > 3 || isWhole, mask);
            if (TSets.Value > 3) Store(r3 + V.Load(plus + 3 * L), c + 3 * L, TSets.Value > 4 || isWhole, mask);
            if (TSets.Value > 4) Store(r4 + V.Load(plus + 4 * L), c + 4 * L, TSets.Value > 5 || isWhole, mask);
            if (TSets.Value > 5) Store(r5 + V.Load(plus + 5 * L), c + 5 * L, TSets.Value > 6 || isWhole, mask);
            if (TSets.Value > 6) Store(r6 + V.Load(plus + 6 * L), c + 6 * L, TSets.Value > 7 || isWhole, mask);
            if (TSets.Value > 7) Store(r7 + V.Load(plus + 7 * L), c + 7 * L, isWhole, mask);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<V>(V r, float* to, bool isWhole, V mask) where V : struct, IVectorLanes<V>
    {
        if (isWhole)
            V.Store(r, to);
        else
            V.Store(r, to, mask);
    }

    /// <summary>A bit for each of up to 64 numbers, the first one's lowest: whether it is not 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong NonZeros<V>(float* a, int count) where V : struct, IVectorLanes<V>
    {
        var bits = 0ul;
        var k = 0;
        for (; k <= count - IVectorLanes<V>.Count; k += IVectorLanes<V>.Count)
            bits |= (ulong)V.NonZero(V.Load(a + k)) << k;
        return k == count ? bits : bits | ((ulong)V.NonZero(V.Load(a + k, V.FirstN(count - k))) << k);
    }
}
