using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>
/// C = A·B of any size, with either operand transposed, after Goto and van de Geijn (“Anatomy of High-Performance
/// Matrix Multiplication”, 2008): blocks of both are packed into panels that fit the caches, and the micro-kernel runs
/// over the panels.
/// </summary>
/// <remarks>
/// A block of A is packed first, for all threads, unless only a few strips would use it. Then each thread takes strips
/// of C: it packs one panel of B (512 × 32, 64 KB), which stays near while panel after panel of A passes by. Threads
/// share strips rather than rows of C, so each finds its part of B, the weights, in its own cache. Every chain of
/// multiply-adds continues from block to block in k order, so a result has the same bits as without blocks.
/// </remarks>
internal readonly unsafe struct PackedProduct : IProductKernel
{
    private const int MostDepth = 512;                  // of a block of A (KC in BLIS)
    private const int MostRows = 3072;                  // of a block of A (MC in BLIS)
    private const int ElementsInL2 = 1 << 18;           // of A that a thread goes through per panel of B: 1 MB
    private const int Width = 32;                       // of a panel of B
    private const int FewStrips = 8;                    // up to here, rows of A are read as they lie
    private const int Alias = 256;                      // rows a multiple of this apart would compete for sets of L1

    /// <summary>
    /// Parts, so that one slow thread does not hold up the others. If strips divide evenly, half as many, because
    /// each part packs its panel once.
    /// </summary>
    private const int PartsPerThread = 4;

    [ThreadStatic]
    private static float[]? panels;                     // scratch for the packed blocks of A

    /// <summary>Returns true: it can compute every product.</summary>
    public static bool Suits(in ProductOperands o) => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Compute(in ProductOperands o)
    {
        EvenPartition depths = new(o.Depth, MostDepth), heights = new(o.Rows, MostRows);
        StridedMatrix a = o.Left, b = o.Right, c = o.Result;
        var shared = o.IsShared;
        var scratch = AlignedBuffer.Scratch(ref panels, Math.Min(o.Depth, MostDepth) * Math.Min(o.Rows, MostRows));
        for (var d = 0; d < depths.Count; d++)
            for (var h = 0; h < heights.Count; h++)
            {
                int i = heights.Start(h), k = depths.Start(d);
                var block = new Block(
                    new(a.At(i, k), a.Row, a.Column), new(b.At(k, 0), b.Row, b.Column),
                    new(c.At(i, 0), c.Row, c.Column), d == depths.Count - 1 ? o.Bias : null,
                    heights.Length(h), o.Columns, depths.Length(d), scratch, first: d == 0, shared);
                Workers.Run(new Packing(block), block.Panels, shared);
                Workers.Run(new Multiplying(block), block.Strips, shared);
            }
    }

    /// <summary>One round: C = A·B, or C ← C + A·B, for a block of A.</summary>
    private readonly struct Block
    {
        private readonly StridedMatrix a, b, c;
        private readonly float* bias, panelsOfA;
        private readonly int columns, depth, stripsAcross;
        private readonly EvenPartition heights, bands;
        private readonly bool adds, packsA;

        public Block(
            StridedMatrix a, StridedMatrix b, StridedMatrix c, float* bias, int rows, int columns, int depth,
            float* scratch, bool first, bool shared)
        {
            (this.a, this.b, this.c, this.columns, this.depth) = (a, b, c, columns, depth);
            this.bias = bias;
            panelsOfA = scratch;
            adds = !first;
            heights = new(rows, GemmMicroKernel.MostRows);
            stripsAcross = (columns + Width - 1) / Width;
            packsA = a.Column != 1 || stripsAcross > FewStrips || a.Row % Alias == 0;
            var most = Math.Max(1, ElementsInL2 / (depth * GemmMicroKernel.MostRows));
            var partsPerThread = stripsAcross % Workers.Threads == 0 ? PartsPerThread / 2 : PartsPerThread;
            var wanted = shared ? (partsPerThread * Workers.Threads + stripsAcross - 1) / stripsAcross : 1;
            bands = new(heights.Count, Math.Max(1, Math.Min(most, heights.Count / Math.Max(1, wanted))));
        }

        public int Panels => packsA ? heights.Count : 0;

        public int Strips => bands.Count * stripsAcross;

        public void Pack(int panel)
        {
            int start = heights.Start(panel), height = heights.Length(panel);
            Kernels.Panels.Pack(
                new(a.At(start, 0), a.Row, a.Column), height, depth, panelsOfA + (nint)start * depth, height);
        }

        [SkipLocalsInit]
        public void Multiply(int strip)
        {
            int band = strip % bands.Count, j = strip / bands.Count * Width, width = Math.Min(Width, columns - j);
            var scratch = stackalloc float[Width * MostDepth + AlignedBuffer.Line];
            var panelOfB = AlignedBuffer.Align(scratch);
            Kernels.Panels.Pack(new(b.At(0, j), b.Column, b.Row), width, depth, panelOfB, Width);
            for (var panel = bands.Start(band); panel < bands.Start(band + 1); panel++)
            {
                int i = heights.Start(panel), height = heights.Length(panel);
                var strides = new GemmMicroKernel.Strides(
                    packsA ? 1 : a.Row, packsA ? height : a.Column, Width, c.Row, depth, adds);
                var rowsOfA = packsA ? panelsOfA + (nint)i * depth : a.At(i, 0);
                for (var done = 0; done < width; done += GemmMicroKernel.MostColumns)
                    GemmMicroKernel.Compute(
                        rowsOfA, panelOfB + done, c.At(i, j + done), bias == null ? null : bias + j + done,
                        strides, height, Math.Min(GemmMicroKernel.MostColumns, width - done));
            }
        }
    }

    private readonly struct Packing(Block block) : IParts
    {
        public void Run(int index) => block.Pack(index);
    }

    private readonly struct Multiplying(Block block) : IParts
    {
        public void Run(int index) => block.Multiply(index);
    }
}
