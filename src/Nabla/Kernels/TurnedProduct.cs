using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>
/// C = Aᵀ·B where B has many zeros: the gradient of a layer's weights, δᵀ·X, where X is a batch of images. It is computed as its transpose, Bᵀ·A, so
/// that a block of the result has few columns of B and many of A: of a few columns, most rows are nothing but zeros.
/// </summary>
internal static unsafe class TurnedProduct
{
    /// <summary>The most rows of A and B, a batch, whose places fit on the stack.</summary>
    public const int MostDepth = 512;

    private const int Width = 32, MostRows = 12, MostTogether = 4, ForEachThread = 4;

    /// <summary>Computes all of C, rows × columns, from A, depth × rows, and B, depth × columns.</summary>
    public static void Compute(float* a, float* b, float* c, int rows, int columns, int depth, bool shared)
    {
        var panels = new EvenParts(columns, ProductTile.MostRows);
        var together = shared ? Math.Clamp(panels.Count / (ForEachThread * Workers.Threads), 1, MostTogether) : MostTogether;
        var parts = new Part(a, b, c, rows, columns, depth, panels, new(panels.Count, together));
        if (shared)
            Workers.Run(parts, parts.Count);
        else
            for (var i = 0; i < parts.Count; i++)
                parts.Run(i);
    }

    /// <summary>A few panels of columns of B, against all of A.</summary>
    private readonly struct Part(float* a, float* b, float* c, int rows, int columns, int depth, EvenParts panels, EvenParts parts) : IParts
    {
        public int Count => parts.Count;

        [SkipLocalsInit]
        public void Run(int index)
        {
            int first = parts.Start(index), count = parts.Length(index);
            int* lists = stackalloc int[MostTogether * MostDepth], listed = stackalloc int[MostTogether];
            for (var p = 0; p < count; p++)
                listed[p] = NonZero.Rows(b + panels.Start(first + p), columns, panels.Length(first + p), depth, lists + p * MostDepth);

            float* room = stackalloc float[Width * MostDepth + Width * MostRows + AlignedNumbers.Line], strip = AlignedNumbers.Align(room), tile = strip + Width * MostDepth;
            for (var j = 0; j < rows; j += Width)
            {
                var width = Math.Min(Width, rows - j);
                Panels.Pack(new(a + j, 1, rows), width, depth, strip, Width);
                for (var p = 0; p < count; p++)
                {
                    int i = panels.Start(first + p), height = panels.Length(first + p);
                    var strides = new ProductTile.Strides(1, columns, Width, Width, listed[p], adds: false, null, lists + p * MostDepth);
                    for (var done = 0; done < width; done += ProductTile.MostColumns)
                        ProductTile.Compute(b + i, strip + done, tile + done, null, strides, height, Math.Min(ProductTile.MostColumns, width - done));
                    Panels.Pack(new(tile, Width, 1), height, width, c + (nint)j * columns + i, columns);
                }
            }
        }
    }
}
