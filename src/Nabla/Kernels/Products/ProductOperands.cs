using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>
/// The operands of C = op(A)·op(B) + bias, where op leaves a matrix as it is or transposes it. This is GEMM, the
/// general matrix product of the BLAS, with α = 1 and β = 0.
/// </summary>
/// <remarks>
/// All matrices are stored row after row without gaps. C is <see cref="Rows"/> × <see cref="Columns"/>, and each of
/// its elements is a sum over <see cref="Depth"/> products: m, n and k in the BLAS. Kernels take this struct by
/// reference, because a copy would read 16 bytes at once where 8 or 4 have just been written, and wait for them.
/// </remarks>
internal unsafe struct ProductOperands
{
    /// <summary>
    /// Multiply-adds from which a product is shared among threads. Measured: with 150,000, two threads made an epoch
    /// of 784-16-16-10 take half as long again, though each product alone was faster; with 2,000,000, 784-128-10
    /// gained no more.
    /// </summary>
    private const long WorthSharing = 600_000;

    /// <summary>
    /// The least depth for sums in sixteen lanes; below it, a row does not even fill the lanes. It decides between the
    /// two orders of summing, so a change of it changes bits.
    /// </summary>
    private const int LeastDepthOfLanes = 16;

    /// <summary>
    /// The number of elements from which B is too large for sums in sixteen lanes. It decides between the two orders
    /// of summing, so a change of it changes bits.
    /// </summary>
    private const int TooLargeForLanes = 1 << 16;

    public readonly float* A, B, C;

    /// <summary>One row that is added to every row of C, or null.</summary>
    public readonly float* Bias;

    /// <summary>
    /// The map of the operand whose rows are examples (A or, if that is transposed, B), or null if it has none. Only
    /// where exactly one operand is transposed do kernels read it.
    /// </summary>
    public ulong* Zeros;

    public readonly int Rows, Columns, Depth;

    /// <summary>Whether A is stored as depth × rows.</summary>
    public readonly bool ATransposed;

    /// <summary>Whether B is stored as columns × depth.</summary>
    public readonly bool BTransposed;

    /// <summary>
    /// The order of summing: sixteen chains of multiply-adds that are folded at the end, or else one chain in k order.
    /// </summary>
    /// <remarks>
    /// It depends on how the operands are stored and on the shape of B, never on <see cref="Rows"/>, the threads, the
    /// instruction set or the kernel. So a row of a batch has the same bits as the same row alone.
    /// </remarks>
    public readonly bool SumsInLanes;

    public ProductOperands(
        float* a, bool aTransposed, float* b, bool bTransposed, float* bias, float* c,
        int rows, int columns, int depth, ulong* zeros = null)
    {
        A = a;
        B = b;
        C = c;
        Bias = bias;
        Zeros = zeros;
        (Rows, Columns, Depth) = (rows, columns, depth);
        (ATransposed, BTransposed) = (aTransposed, bTransposed);
        SumsInLanes = bTransposed && !aTransposed && depth >= LeastDepthOfLanes
            && (long)columns * depth < TooLargeForLanes;
    }

    /// <summary>How many multiply-adds the product takes.</summary>
    public readonly long MultiplyAdds => (long)Rows * Columns * Depth;

    /// <summary>Whether the product is worth sharing among threads.</summary>
    public readonly bool IsShared
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Workers.Threads > 1 && MultiplyAdds >= WorthSharing;
    }

    /// <summary>op(A), rows × depth.</summary>
    public readonly StridedMatrix Left => StridedMatrix.Stored(A, ATransposed, Rows, Depth);

    /// <summary>op(B), depth × columns.</summary>
    public readonly StridedMatrix Right => StridedMatrix.Stored(B, BTransposed, Depth, Columns);

    /// <summary>C, rows × columns.</summary>
    public readonly StridedMatrix Result => new(C, Columns, 1);
}
