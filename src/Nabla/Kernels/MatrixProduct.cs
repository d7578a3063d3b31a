namespace Nabla.Kernels;

/// <summary>C = op(A)·op(B) + bias, where op leaves a matrix or transposes it. The entry to the product kernels.</summary>
/// <remarks>
/// Which kernel computes a product depends on how its operands are stored, never on their height: a row of a
/// batch gets the same bits as the same row alone.
/// </remarks>
internal static unsafe class MatrixProduct
{
    /// <summary>
    /// Multiply-adds below which a product is not worth sharing among threads. Measured: with 150,000, two threads made an epoch of 784-16-16-10
    /// half as long again, though each product alone was faster; with 2,000,000, 784-128-10 gained no more.
    /// </summary>
    private const long WorthSharing = 600_000;

    [ThreadStatic]
    private static float[]? scratch;

    /// <summary>
    /// Computes C (rows × columns) from A (rows × depth, or stored as depth × rows) and B (depth × columns, or stored as
    /// columns × depth), all with their rows in order and without gaps; <paramref name="bias"/>, if any, is added to every row.
    /// </summary>
    public static void Multiply(
        ReadOnlySpan<float> a, bool aTransposed, ReadOnlySpan<float> b, bool bTransposed, ReadOnlySpan<float> bias,
        Span<float> c, int rows, int columns, int depth)
    {
        if (aTransposed && bTransposed)
        {
            b = Transposed(b, columns, depth);
            bTransposed = false;
        }
        fixed (float* pa = a, pb = b, pc = c, pBias = bias)
        {
            if (bTransposed)
                Run(new RowTimesRowParts(new(pa, depth, pb, depth, pc, columns, pBias, depth), rows, columns), rows, columns, depth);
            else
                Run(
                    new RowTimesMatrixParts(
                        new(pa, aTransposed ? 1 : depth, aTransposed ? rows : 1, pb, columns, pc, columns, pBias, depth),
                        rows, columns),
                    rows, columns, depth);
        }
    }

    private static void Run<TParts>(TParts parts, int rows, int columns, int depth) where TParts : struct, ITiles
    {
        if (rows == 0 || columns == 0)
            return;
        if (Workers.Threads == 1 || (long)rows * columns * depth < WorthSharing)
            parts.RunAll();
        else
            Workers.Run(parts, parts.Count);
    }

    private interface ITiles : IParts
    {
        public int Count { get; }

        public void RunAll();
    }

    /// <summary>The result cut into blocks: up to 32 × 256, and smaller where there would not be a few for each thread.</summary>
    private readonly struct Blocks
    {
        private const int LeastHeight = 8, LeastWidth = 32, ForEachThread = 4;

        private readonly int rows, columns, height = 32, width = 256, across;

        public Blocks(int rows, int columns)
        {
            this.rows = rows;
            this.columns = columns;
            while (Count < ForEachThread * Workers.Threads && (height > LeastHeight || width > LeastWidth))
                if (width > LeastWidth && (columns > rows || height == LeastHeight))
                    width /= 2;
                else
                    height /= 2;
            across = Parts(columns, width);
        }

        public int Count => Parts(columns, width) * Parts(rows, height);

        public (int RowFrom, int RowTo, int ColumnFrom, int ColumnTo) this[int index]
        {
            get
            {
                int row = index / across * height, column = index % across * width;
                return (row, row + Math.Min(height, rows - row), column, column + Math.Min(width, columns - column));
            }
        }

        private static int Parts(int length, int size) => (length - 1) / size + 1;
    }

    private readonly struct RowTimesRowParts(RowTimesRow.Operands operands, int rows, int columns) : ITiles
    {
        private readonly Blocks blocks = new(rows, columns);

        public int Count => blocks.Count;

        public void RunAll() => RowTimesRow.Compute(operands, 0, rows, 0, columns);

        public void Run(int index)
        {
            var (rowFrom, rowTo, columnFrom, columnTo) = blocks[index];
            RowTimesRow.Compute(operands, rowFrom, rowTo, columnFrom, columnTo);
        }
    }

    private readonly struct RowTimesMatrixParts(RowTimesMatrix.Operands operands, int rows, int columns) : ITiles
    {
        private readonly Blocks blocks = new(rows, columns);

        public int Count => blocks.Count;

        public void RunAll() => RowTimesMatrix.Compute(operands, 0, rows, 0, columns);

        public void Run(int index)
        {
            var (rowFrom, rowTo, columnFrom, columnTo) = blocks[index];
            RowTimesMatrix.Compute(operands, rowFrom, rowTo, columnFrom, columnTo);
        }
    }

    /// <summary>Aᵀ·Bᵀ is rare: B is turned round first, into a buffer that the thread keeps.</summary>
    private static ReadOnlySpan<float> Transposed(ReadOnlySpan<float> b, int rows, int columns)
    {
        if (scratch is null || scratch.Length < b.Length)
            scratch = new float[b.Length];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
                scratch[j * rows + i] = b[i * columns + j];
        return scratch.AsSpan(0, b.Length);
    }
}
