using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>
/// C = A·B where many elements of A are 0: A is a batch of images, the output of a ReLU, or the derivatives that come
/// back through one. Row by row, each element of A that is not 0 is multiplied by a row of B; an element that is 0
/// costs nothing. Either operand may be transposed.
/// </summary>
/// <remarks>
/// A panel of B (64 × 128 with AVX-512, 32 KB) stays in L1 while all rows of A pass over it. Up to eight registers hold
/// a row of C meanwhile. Each multiply-add reads its values of B, which is as much as the cache can deliver, and the
/// value of A serves all eight. Every result is one chain of multiply-adds in k order, so it has the same bits as with
/// <see cref="PackedProduct"/>.
/// </remarks>
internal readonly unsafe struct SparseProduct : IProductKernel
{
    private const int Bits = 64;                        // depth of a panel: a bit of a word for each of its rows
    private const int MostWidth = 8 * 16;               // of a panel
    private const int LeastRows = 8;                    // each panel is copied for them
    private const int LeastColumns = 64;                // a chain waits for itself, so there must be some beside it
    private const int LeastDepth = 32;
    private const int MostEighths = 5;                  // of A that may be nonzero. Measured: 6 take as long as 8
    private const int MostEighthsForGradient = 3;       // the same where SparseGradient is the alternative
    private const int MostTransposed = 1 << 21;         // elements of A that are copied: 8 MB
    private const int MostRows = 1024;                  // of a band: their part of C, 0.5 MB, stays near for all panels
    private const int LeastVectors = 4;                 // across a strip, to keep the arithmetic busy
    private const int PartsPerThread = 2;

    [ThreadStatic]
    private static float[]? transposed;                 // scratch for A, if it is stored transposed

    [ThreadStatic]
    private static float[]? sums;                       // scratch for the part of C that this thread computes

    /// <summary>The most vectors of sixteen lanes across a panel, by the number of registers.</summary>
    private static int MostVectors => Dispatch.Choose(avx512: 8, avx2: 4, portable: 2);

    /// <inheritdoc/>
    public static bool Suits(in ProductOperands o) => IsSparse(o, MostEighths);

    /// <summary>Whether this kernel is faster than <see cref="SparseGradient"/>, which skips zeros of B.</summary>
    public static bool IsFasterForGradient(in ProductOperands o) => IsSparse(o, MostEighthsForGradient);

    private static bool IsSparse(in ProductOperands o, int eighths) =>
        o.Rows >= LeastRows && o.Columns >= LeastColumns && o.Depth >= LeastDepth
        && (!o.ATransposed || (long)o.Rows * o.Depth <= MostTransposed)
        && (o.ATransposed
            ? ZeroStatistics.AreSparse(o.A, o.Depth, o.Rows, eighths)
            : ZeroStatistics.AreSparse(o.A, o.Rows, o.Depth, eighths));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Compute(in ProductOperands o)
    {
        var a = o.Left;
        var shared = o.IsShared;
        if (o.ATransposed)
        {
            var transposing = new Transposing(
                a, AlignedBuffer.Scratch(ref transposed, o.Rows * o.Depth), o.Rows, o.Depth);
            Workers.Run(transposing, transposing.Parts, shared);
            a = transposing.Result;
        }
        var multiplying = new Multiplying(
            a, o.Right, o.Result, o.Bias, o.Rows, o.Columns, o.Depth, shared, byRows: o.ATransposed);
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
        private const int Lanes = IVectorLanes<Lanes512>.Count;

        private readonly StridedMatrix a, b, c;
        private readonly float* bias;
        private readonly int columns, depth;
        private readonly EvenPartition strips, bands;

        /// <summary>
        /// Whether parts are numbered band by band, not strip by strip: the rows of a gradient are neurons, and each
        /// thread should keep its own.
        /// </summary>
        private readonly bool byRows;

        public Multiplying(
            StridedMatrix a, StridedMatrix b, StridedMatrix c, float* bias, int rows, int columns, int depth,
            bool shared, bool byRows)
        {
            (this.a, this.b, this.c, this.columns, this.depth) = (a, b, c, columns, depth);
            this.bias = bias;
            var vectors = (columns - 1) / Lanes + 1;
            this.byRows = byRows;
            var threads = shared ? Workers.Threads : 1;
            var vectorsOfThread = (vectors - 1) / threads + 1;
            strips = new(
                vectors, byRows ? MostVectors : Math.Min(MostVectors, Math.Max(LeastVectors, vectorsOfThread)));
            var wanted = Math.Max(
                ((shared ? PartsPerThread : 1) * threads - 1) / strips.Count + 1, byRows ? threads : 1);
            bands = new(rows, Math.Min(MostRows, (rows - 1) / wanted + 1));
        }

        public int Parts => strips.Count * bands.Count;

        [SkipLocalsInit]
        public void Run(int index)
        {
            var strip = byRows ? index % strips.Count : index / bands.Count;
            var band = byRows ? index / strips.Count : index % bands.Count;
            int vectors = strips.Length(strip), width = vectors * Lanes, j = strips.Start(strip) * Lanes;
            var used = Math.Min(width, columns - j);
            var scratch = stackalloc float[(Bits + 1) * MostWidth + AlignedBuffer.Line];
            float* panel = AlignedBuffer.Align(scratch), epilogue = panel + Bits * width;
            new Span<float>(panel, (Bits + 1) * width).Clear();     // columns beyond the last are computed, not stored
            for (var i = 0; i < used && bias != null; i++)
                epilogue[i] = bias[j + i] + 0f;                     // so that no result is −0, see ZeroStatistics
            var depths = new EvenPartition(depth, Bits);
            var sum = AlignedBuffer.Scratch(ref sums, bands.Length(band) * width);
            for (var d = 0; d < depths.Count; d++)
            {
                int k = depths.Start(d), first = bands.Start(band);
                Panels.Pack(new(b.At(k, j), b.Column, b.Row), used, depths.Length(d), panel, width);
                var rows = new Rows(
                    a.At(first, k), a.Row, panel, sum, c.At(first, j), c.Row,
                    d == depths.Count - 1 ? epilogue : null, bands.Length(band), depths.Length(d), used, adds: d > 0);
                Dispatch.Run(new RowsTimesPanel(in rows, vectors));
            }
        }
    }

    private readonly ref struct RowsTimesPanel(ref readonly Rows rows, int vectors) : IForLanes
    {
        private readonly ref readonly Rows rows = ref rows;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IForLanes.Run<V>() => Multiply<V>(rows, vectors);
    }

    /// <summary>Rows of A × a panel of B.</summary>
    private readonly struct Rows(
        float* a, nint aRow, float* panel, float* sums, float* c, nint cRow, float* epilogue,
        int count, int depth, int used, bool adds)
    {
        public readonly float* A = a, Panel = panel, Sums = sums, C = c;

        /// <summary>What is added to each row at the end, or null if this is not the last panel.</summary>
        public readonly float* Epilogue = epilogue;

        public readonly nint ARow = aRow, CRow = cRow;
        public readonly int Count = count, Depth = depth, Used = used;

        /// <summary>Whether the chains continue from the sums, or start at 0.</summary>
        public readonly bool Adds = adds;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<V>(in Rows o, int vectors) where V : struct, IVectorLanes<V>
    {
        switch (vectors)
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

    /// <summary>The conditions on <c>TVectors</c> are constants to the compiler.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<V, TVectors>(in Rows o)
        where V : struct, IVectorLanes<V> where TVectors : struct, IConstantInt
    {
        const int L = IVectorLanes<V>.Count;
        float* a = o.A, panel = o.Panel, s = o.Sums, c = o.C, plus = o.Epilogue;
        var isWhole = o.Used == TVectors.Value * L;
        var mask = V.FirstN(o.Used - (TVectors.Value - 1) * L);
        for (var left = o.Count; left > 0; left--, a += o.ARow, s += TVectors.Value * L, c += o.CRow)
        {
            V r0 = default, r1 = default, r2 = default, r3 = default;
            V r4 = default, r5 = default, r6 = default, r7 = default;
            if (o.Adds)
            {
                r0 = V.Load(s);
                if (TVectors.Value > 1) r1 = V.Load(s + L);
                if (TVectors.Value > 2) r2 = V.Load(s + 2 * L);
                if (TVectors.Value > 3) r3 = V.Load(s + 3 * L);
                if (TVectors.Value > 4) r4 = V.Load(s + 4 * L);
                if (TVectors.Value > 5) r5 = V.Load(s + 5 * L);
                if (TVectors.Value > 6) r6 = V.Load(s + 6 * L);
                if (TVectors.Value > 7) r7 = V.Load(s + 7 * L);
            }
            for (var nonzero = NonZeros<V>(a, o.Depth); nonzero != 0; nonzero &= nonzero - 1)
            {
                nint k = BitOperations.TrailingZeroCount(nonzero);
                var x = V.Of(a[k]);
                var b = panel + k * (TVectors.Value * L);
                r0 = V.MultiplyAdd(x, V.Load(b), r0);
                if (TVectors.Value > 1) r1 = V.MultiplyAdd(x, V.Load(b + L), r1);
                if (TVectors.Value > 2) r2 = V.MultiplyAdd(x, V.Load(b + 2 * L), r2);
                if (TVectors.Value > 3) r3 = V.MultiplyAdd(x, V.Load(b + 3 * L), r3);
                if (TVectors.Value > 4) r4 = V.MultiplyAdd(x, V.Load(b + 4 * L), r4);
                if (TVectors.Value > 5) r5 = V.MultiplyAdd(x, V.Load(b + 5 * L), r5);
                if (TVectors.Value > 6) r6 = V.MultiplyAdd(x, V.Load(b + 6 * L), r6);
                if (TVectors.Value > 7) r7 = V.MultiplyAdd(x, V.Load(b + 7 * L), r7);
            }
            if (plus == null)
            {
                V.Store(r0, s);
                if (TVectors.Value > 1) V.Store(r1, s + L);
                if (TVectors.Value > 2) V.Store(r2, s + 2 * L);
                if (TVectors.Value > 3) V.Store(r3, s + 3 * L);
                if (TVectors.Value > 4) V.Store(r4, s + 4 * L);
                if (TVectors.Value > 5) V.Store(r5, s + 5 * L);
                if (TVectors.Value > 6) V.Store(r6, s + 6 * L);
                if (TVectors.Value > 7) V.Store(r7, s + 7 * L);
                continue;
            }
            Store(r0 + V.Load(plus), c, TVectors.Value > 1 || isWhole, mask);
            if (TVectors.Value > 1) Store(r1 + V.Load(plus + L), c + L, TVectors.Value > 2 || isWhole, mask);
            if (TVectors.Value > 2) Store(r2 + V.Load(plus + 2 * L), c + 2 * L, TVectors.Value > 3 || isWhole, mask);
            if (TVectors.Value > 3) Store(r3 + V.Load(plus + 3 * L), c + 3 * L, TVectors.Value > 4 || isWhole, mask);
            if (TVectors.Value > 4) Store(r4 + V.Load(plus + 4 * L), c + 4 * L, TVectors.Value > 5 || isWhole, mask);
            if (TVectors.Value > 5) Store(r5 + V.Load(plus + 5 * L), c + 5 * L, TVectors.Value > 6 || isWhole, mask);
            if (TVectors.Value > 6) Store(r6 + V.Load(plus + 6 * L), c + 6 * L, TVectors.Value > 7 || isWhole, mask);
            if (TVectors.Value > 7) Store(r7 + V.Load(plus + 7 * L), c + 7 * L, isWhole, mask);
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

    /// <summary>A bit for each of up to 64 values, the lowest for the first: 1 if the value is not 0.</summary>
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
