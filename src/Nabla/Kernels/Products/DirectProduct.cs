using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>C = A·B where B's rows are in order, block by block, from the operands as they lie in memory: for small ones.</summary>
internal static unsafe class DirectProduct
{
    /// <summary>Computes rows [rowFrom, rowTo) × columns [columnFrom, columnTo) of C.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Compute(
        StridedMatrix a, StridedMatrix b, StridedMatrix c, float* bias, int depth, int rowFrom, int rowTo, int columnFrom, int columnTo)
    {
        var strides = new GemmMicroKernel.Strides(a.Row, a.Column, b.Row, c.Row, depth, adds: false);
        var heights = new EvenPartition(rowTo - rowFrom, GemmMicroKernel.MostRows);
        var most = GemmMicroKernel.MostColumns;
        for (var j = columnFrom; j < columnTo; j += most)       // a strip of B stays in the nearest cache while all rows of A pass over it
        {
            for (var part = 0; part < heights.Count; part++)
            {
                var i = rowFrom + heights.Start(part);
                GemmMicroKernel.Compute(
                    a.At(i, 0), b.At(0, j), c.At(i, j), bias == null ? null : bias + j,
                    strides, heights.Length(part), Math.Min(most, columnTo - j));
            }
        }
    }
}
