using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>A product kernel that can compute any block of C by itself.</summary>
internal interface IBlockKernel : IProductKernel
{
    /// <summary>Computes rows [rowFrom, rowTo) × columns [columnFrom, columnTo) of C.</summary>
    public static abstract void ComputeBlock(
        in ProductOperands o, int rowFrom, int rowTo, int columnFrom, int columnTo);
}

/// <summary>
/// The result cut into blocks for the threads: up to 32 × 256, and smaller where each thread would get fewer than four.
/// </summary>
internal readonly struct ProductBlocks<TKernel> : IParts where TKernel : struct, IBlockKernel
{
    private const int LeastHeight = 8, LeastWidth = 32, BlocksPerThread = 4;

    /// <summary>The least width of the last block; a narrower rest belongs to the block before it.</summary>
    private const int LeastRest = SparseInnerProduct.LeastColumns;

    private readonly ProductOperands operands;
    private readonly int height = 32, width = 256, across;

    private ProductBlocks(in ProductOperands o)
    {
        operands = o;
        while (Count < BlocksPerThread * Workers.Threads && (height > LeastHeight || width > LeastWidth))
            if (width > LeastWidth && (o.Columns > o.Rows || height == LeastHeight))
                width /= 2;
            else
                height /= 2;
        across = Across;
    }

    private int Across => Parts(Math.Max(1, operands.Columns - LeastRest + 1), width);

    private int Count => Across * Parts(operands.Rows, height);

    /// <summary>Computes all of C, on all threads if that is worth while.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Compute(in ProductOperands o)
    {
        if (o.IsShared)
            Share(o);
        else
            TKernel.ComputeBlock(o, 0, o.Rows, 0, o.Columns);
    }

    /// <inheritdoc/>
    public void Run(int index)
    {
        int row = index / across * height, column = index % across * width;
        TKernel.ComputeBlock(
            operands, row, Math.Min(row + height, operands.Rows),
            column, index % across == across - 1 ? operands.Columns : column + width);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Share(in ProductOperands o)
    {
        var blocks = new ProductBlocks<TKernel>(o);
        Workers.Run(blocks, blocks.Count);
    }

    private static int Parts(int length, int size) => (length - 1) / size + 1;
}
