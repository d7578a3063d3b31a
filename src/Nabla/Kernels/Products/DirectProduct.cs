using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>
/// C = A·B for small products where B is not transposed: the micro-kernel reads the operands as they lie in memory, and
/// nothing is packed.
/// </summary>
internal readonly unsafe struct DirectProduct : IBlockKernel
{
    /// <summary>
    /// Multiply-adds from which packing both operands is worth while: 128-512-512 gains a tenth, 128-784-128 loses as
    /// much.
    /// </summary>
    private const long WorthPacking = 1 << 24;

    /// <inheritdoc/>
    public static bool Suits(in ProductOperands o) =>
        o.Depth == 0 || (!o.BTransposed && o.MultiplyAdds < WorthPacking);

    /// <inheritdoc/>
    public static void Compute(in ProductOperands o) => ProductBlocks<DirectProduct>.Compute(o);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void ComputeBlock(in ProductOperands o, int rowFrom, int rowTo, int columnFrom, int columnTo)
    {
        StridedMatrix a = o.Left, b = o.Right, c = o.Result;
        var strides = new GemmMicroKernel.Strides(a.Row, a.Column, b.Row, c.Row, o.Depth, adds: false);
        var heights = new EvenPartition(rowTo - rowFrom, GemmMicroKernel.MostRows);
        var most = GemmMicroKernel.MostColumns;
        for (var j = columnFrom; j < columnTo; j += most)   // a strip of B stays in L1 while all rows of A pass over it
        {
            for (var part = 0; part < heights.Count; part++)
            {
                var i = rowFrom + heights.Start(part);
                GemmMicroKernel.Compute(
                    a.At(i, 0), b.At(0, j), c.At(i, j), o.Bias == null ? null : o.Bias + j,
                    strides, heights.Length(part), Math.Min(most, columnTo - j));
            }
        }
    }
}
