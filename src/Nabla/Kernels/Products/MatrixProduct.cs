using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>
/// C = op(A)·op(B) + bias, where op leaves a matrix as it is or transposes it. The entry to the product kernels, which
/// <see cref="ProductKernels"/> lists.
/// </summary>
/// <remarks>
/// There are two orders of summing, and <see cref="ProductOperands.SumsInLanes"/> decides between them. Which kernel
/// then runs is a matter of speed only. So is, as long as all values are finite, what is skipped because it is 0
/// (<see cref="ZeroStatistics"/>). The limits of the kernels were measured with benchmarks/Nabla.Benchmarks.Kernels.
/// </remarks>
internal static unsafe class MatrixProduct
{
    /// <summary>
    /// Computes C (rows × columns) from A (rows × depth, or stored as depth × rows) and B (depth × columns, or stored
    /// as columns × depth), all stored row after row without gaps. <paramref name="bias"/>, if not empty, is added to
    /// every row.
    /// </summary>
    [SkipLocalsInit]
    public static void Multiply(
        ReadOnlySpan<float> a, bool aTransposed, ReadOnlySpan<float> b, bool bTransposed, ReadOnlySpan<float> bias,
        Span<float> c, int rows, int columns, int depth)
    {
        fixed (float* pa = a, pb = b, pc = c, pBias = bias)
        {
            var o = new ProductOperands(pa, aTransposed, pb, bTransposed, pBias, pc, rows, columns, depth);
            Multiply(ref o);
        }
    }

    /// <summary>
    /// The same, with a map of the operand whose rows are examples (A or, if that is transposed, B); see
    /// <see cref="ZeroMap"/>.
    /// </summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Multiply(
        ReadOnlySpan<float> a, bool aTransposed, ReadOnlySpan<float> b, bool bTransposed, ReadOnlySpan<float> bias,
        Span<float> c, int rows, int columns, int depth, ReadOnlySpan<ulong> zeros)
    {
        fixed (float* pa = a, pb = b, pc = c, pBias = bias)
        fixed (ulong* map = zeros)
        {
            var o = new ProductOperands(pa, aTransposed, pb, bTransposed, pBias, pc, rows, columns, depth, map);
            Multiply(ref o);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Multiply(ref ProductOperands o)
    {
        if (o.Rows == 0 || o.Columns == 0)
            return;
        if (SparseInnerProduct.NeedsMapOfRow(o))
            MultiplyRow(ref o);
        else
            Run(o);
    }

    /// <summary>Makes the map of a single row first: to check whether it has many zeros would cost as much.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MultiplyRow(ref ProductOperands o)
    {
        var map = stackalloc ulong[SparseInnerProduct.MostWordsOfRow];
        ZeroMap.Find(o.A, 1, o.Depth, map);
        o.Zeros = map;
        Run(o);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Run(in ProductOperands o)
    {
        var first = new FirstThatSuits(in o);
        ProductKernels.Visit(ref first);
    }

    private readonly ref struct FirstThatSuits(ref readonly ProductOperands operands) : IProductKernelVisitor
    {
        private readonly ref readonly ProductOperands operands = ref operands;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool Visit<TKernel>() where TKernel : struct, IProductKernel
        {
            if (!TKernel.Suits(operands))
                return false;
            TKernel.Compute(operands);
            return true;
        }
    }
}
