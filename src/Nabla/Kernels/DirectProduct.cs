using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>C = A·B where B's rows are in order, block by block, from the operands as they lie in memory: for small ones.</summary>
/// <remarks>Strips of B at either edge that are nothing but zeros, such as the margins of all images of a batch, are passed over (<see cref="NonZero"/>).</remarks>
internal static unsafe class DirectProduct
{
    /// <summary>Computes rows [rowFrom, rowTo) × columns [columnFrom, columnTo) of C.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Compute(
        Strided a, Strided b, Strided c, float* bias, int depth, int rowFrom, int rowTo, int columnFrom, int columnTo)
    {
        var all = new ProductTile.Strides(a.Row, a.Column, b.Row, c.Row, depth, adds: false);
        var none = new ProductTile.Strides(a.Row, a.Column, b.Row, c.Row, 0, adds: false);
        var heights = new EvenParts(rowTo - rowFrom, ProductTile.MostRows);
        int most = ProductTile.MostColumns, first = columnFrom, last = columnFrom + (columnTo - columnFrom - 1) / most * most;
        while (first <= last && IsBlank(b, first, columnTo - first, depth))
            first += most;
        while (last > first && IsBlank(b, last, columnTo - last, depth))
            last -= most;
        for (var j = columnFrom; j < columnTo; j += most)       // a strip of B stays in the nearest cache while all rows of A pass over it
        {
            var strides = j < first || j > last ? none : all;
            for (var part = 0; part < heights.Count; part++)
            {
                var i = rowFrom + heights.Start(part);
                ProductTile.Compute(
                    a.At(i, 0), b.At(0, j), c.At(i, j), bias == null ? null : bias + j,
                    strides, heights.Length(part), Math.Min(most, columnTo - j));
            }
        }
    }

    private static bool IsBlank(Strided b, int column, int width, int depth)
    {
        var strip = Math.Min(width, ProductTile.MostColumns);
        return strip % 16 == 0 && NonZero.IsBlank(b.At(0, column), b.Row, strip, depth);
    }
}
