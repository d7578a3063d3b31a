using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>C = op(A)·op(B) + bias, where op leaves a matrix or transposes it. The entry to the product kernels.</summary>
/// <remarks>
/// There are two orders of summing: a chain over k, and for A·Bᵀ with a narrow B sixteen chains that are folded at the end. Which of
/// them a product gets depends on its kind and on the shape of B, never on how many rows A has: a row of a batch gets the same bits as the
/// same row alone. Which kernel then runs is a matter of speed only;
/// so is, as long as all numbers are finite, what is passed over because it is 0 (<see cref="ZeroStatistics"/>). The limits here are measured, by benchmarks/Nabla.Benchmarks.Kernels.
/// </remarks>
internal static unsafe class MatrixProduct
{
    /// <summary>
    /// Multiply-adds below which a product is not worth sharing among threads. Measured: with 150,000, two threads made an epoch of 784-16-16-10
    /// half as long again, though each product alone was faster; with 2,000,000, 784-128-10 gained no more.
    /// </summary>
    private const long WorthSharing = 600_000;

    /// <summary>Multiply-adds from which packing both operands is worth while: 128-512-512 gains a tenth, 128-784-128 loses as much.</summary>
    private const long WorthPacking = 1 << 24;

    /// <summary>Below it, the rows do not even fill the sixteen lanes. It decides between the two orders of summing, and so changes bits.</summary>
    private const int LeastDepthOfRows = 16;

    /// <summary>Numbers in a B from which it is packed rather than read row by row. It decides between the two orders of summing, and so changes bits.</summary>
    private const int Narrow = 1 << 16;

    /// <summary>Numbers in a B that is turned round on the stack.</summary>
    private const int Tiny = 1 << 10;

    /// <summary>
    /// Computes C (rows × columns) from A (rows × depth, or stored as depth × rows) and B (depth × columns, or stored as
    /// columns × depth), all with their rows in order and without gaps; <paramref name="bias"/>, if any, is added to every row.
    /// </summary>
    public static void Multiply(
        ReadOnlySpan<float> a, bool aTransposed, ReadOnlySpan<float> b, bool bTransposed, ReadOnlySpan<float> bias,
        Span<float> c, int rows, int columns, int depth)
    {
        fixed (float* pa = a, pb = b, pc = c, pBias = bias)
            Multiply(pa, aTransposed, pb, bTransposed, pBias, pc, rows, columns, depth, null);
    }

    /// <summary>The same, where it is known where the operand whose rows are examples, A or, if that is transposed, B, has something other than zeros.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Multiply(
        ReadOnlySpan<float> a, bool aTransposed, ReadOnlySpan<float> b, bool bTransposed, ReadOnlySpan<float> bias,
        Span<float> c, int rows, int columns, int depth, ReadOnlySpan<ulong> zeros)
    {
        fixed (float* pa = a, pb = b, pc = c, pBias = bias)
        fixed (ulong* map = zeros)
            Multiply(pa, aTransposed, pb, bTransposed, pBias, pc, rows, columns, depth, map);
    }

    /// <summary>Chooses the order of summing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Multiply(
        float* a, bool aTransposed, float* b, bool bTransposed, float* bias, float* c, int rows, int columns, int depth, ulong* zeros)
    {
        if (rows == 0 || columns == 0)
            return;
        if (bTransposed && !aTransposed && depth >= LeastDepthOfRows && (long)columns * depth < Narrow)
            MultiplyInSixteenChains(new(a, depth, b, depth, c, columns, bias, depth, zeros), rows, columns);
        else
            MultiplyInOneChain(a, aTransposed, b, bTransposed, bias, c, rows, columns, depth, zeros);
    }

    /// <summary>Whether a product is worth sharing among threads.</summary>
    private static bool IsShared(int rows, int columns, int depth) => Workers.Threads > 1 && (long)rows * columns * depth >= WorthSharing;

    /// <summary>The products that are summed in sixteen chains: the rows of both are in order.</summary>
    private static void MultiplyInSixteenChains(in InnerProduct.Operands operands, int rows, int columns)
    {
        if (IsShared(rows, columns, operands.Depth))
            ShareRows(operands, rows, columns);
        else
            InnerProduct.Compute(operands, 0, rows, 0, columns);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ShareRows(in InnerProduct.Operands operands, int rows, int columns) => Run(new RowTimesRowTiles(operands), rows, columns, shared: true);

    /// <summary>All others: a chain over k.</summary>
    private static void MultiplyInOneChain(float* a, bool aTransposed, float* b, bool bTransposed, float* bias, float* c, int rows, int columns, int depth, ulong* zeros)
    {
        var shared = IsShared(rows, columns, depth);
        StridedMatrix left = StridedMatrix.Stored(a, aTransposed, rows, depth), right = StridedMatrix.Stored(b, bTransposed, depth, columns), result = new(c, columns, 1);
        var byImages = aTransposed && !bTransposed && bias == null && SparseGradient.Suits(b, zeros, rows, columns, depth);
        if (byImages && !SparseProduct.Suits(a, aTransposed, rows, columns, depth, orByImages: true))
            SparseGradient.Compute(a, b, c, zeros, rows, columns, depth, shared);
        else if (byImages || SparseProduct.Suits(a, aTransposed, rows, columns, depth))
            SparseProduct.Compute(left, right, result, bias, rows, columns, depth, shared);
        else if (depth == 0 || (!bTransposed && (long)rows * columns * depth < WorthPacking))
            Run(new DirectTiles(left, right, result, bias, depth), rows, columns, shared);
        else if ((long)columns * depth <= Tiny)
            MultiplyTiny(left, right, result, bias, rows, columns, depth, shared);
        else
            PackedProduct.Compute(left, right, result, bias, rows, columns, depth, shared);
    }

    /// <summary>Copies a small B so that its rows are in order, if they are not, and goes on directly.</summary>
    [SkipLocalsInit]
    private static void MultiplyTiny(StridedMatrix a, StridedMatrix b, StridedMatrix c, float* bias, int rows, int columns, int depth, bool shared)
    {
        var transposed = stackalloc float[Tiny];
        Panels.Pack(new(b.Start, b.Column, b.Row), columns, depth, transposed, columns);
        Run(new DirectTiles(a, new(transposed, columns, 1), c, bias, depth), rows, columns, shared);
    }

    private static void Run<TTiles>(TTiles tiles, int rows, int columns, bool shared) where TTiles : struct, ITiles
    {
        if (shared)
        {
            var blocks = new Blocks<TTiles>(tiles, rows, columns);
            Workers.Run(blocks, blocks.Count);
        }
        else
        {
            tiles.Compute(0, rows, 0, columns);
        }
    }

    /// <summary>A kernel that can compute any block of the result.</summary>
    private interface ITiles
    {
        public void Compute(int rowFrom, int rowTo, int columnFrom, int columnTo);
    }

    private readonly struct RowTimesRowTiles(InnerProduct.Operands operands) : ITiles
    {
        public void Compute(int rowFrom, int rowTo, int columnFrom, int columnTo) =>
            InnerProduct.Compute(operands, rowFrom, rowTo, columnFrom, columnTo);
    }

    private readonly struct DirectTiles(StridedMatrix a, StridedMatrix b, StridedMatrix c, float* bias, int depth) : ITiles
    {
        public void Compute(int rowFrom, int rowTo, int columnFrom, int columnTo) =>
            DirectProduct.Compute(a, b, c, bias, depth, rowFrom, rowTo, columnFrom, columnTo);
    }

    /// <summary>The result cut into blocks for the threads: up to 32 × 256, and smaller where there would not be a few for each.</summary>
    private readonly struct Blocks<TTiles> : IParts where TTiles : struct, ITiles
    {
        private const int LeastHeight = 8, LeastWidth = 32, ForEachThread = 4;

        private readonly TTiles tiles;
        private readonly int rows, columns, height = 32, width = 256, across;

        public Blocks(TTiles tiles, int rows, int columns)
        {
            (this.tiles, this.rows, this.columns) = (tiles, rows, columns);
            while (Count < ForEachThread * Workers.Threads && (height > LeastHeight || width > LeastWidth))
                if (width > LeastWidth && (columns > rows || height == LeastHeight))
                    width /= 2;
                else
                    height /= 2;
            across = Parts(columns, width);
        }

        public int Count => Parts(columns, width) * Parts(rows, height);

        public void Run(int index)
        {
            int row = index / across * height, column = index % across * width;
            tiles.Compute(row, row + Math.Min(height, rows - row), column, column + Math.Min(width, columns - column));
        }

        private static int Parts(int length, int size) => (length - 1) / size + 1;
    }
}
