using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>
/// C = Aᵀ·B where B has many zeros: the gradient of a layer's weights, δᵀ·X, where X is a batch of images. It is computed as its transpose, Bᵀ·A, so
/// that a block of the result has few columns of B and many of A: of a few columns, most rows are nothing but zeros.
/// </summary>
internal static unsafe class TurnedProduct
{
    /// <summary>The most rows of A and B, a batch, for which there is room on the stack.</summary>
    public const int MostDepth = 512;

    private const int Width = 32, MostRows = 12;        // of a strip of A; of a block of the result, turned
    private const int PanelsTogether = 11;              // of B, for which a strip of A is copied

    /// <summary>Computes all of C, rows × columns, from A, depth × rows, and B, depth × columns.</summary>
    public static void Compute(float* a, float* b, float* c, int rows, int columns, int depth, bool shared)
    {
        var panels = new EvenParts(columns, ProductTile.MostRows);
        var lists = NonZero.Room(panels.Count * (depth + 1));
        var parts = new EvenParts(panels.Count, PanelsTogether);
        Workers.Run(new Listing(b, columns, depth, panels, parts, lists), parts.Count, shared);
        Workers.Run(new Multiplying(a, b, c, rows, columns, depth, panels, parts, lists), parts.Count * ((rows - 1) / Width + 1), shared);
    }

    /// <summary>For each panel of columns of B: in how many rows it has anything other than zeros, then which these are.</summary>
    private readonly struct Listing(float* b, int columns, int depth, EvenParts panels, EvenParts parts, int* lists) : IParts
    {
        public void Run(int index)
        {
            for (var panel = parts.Start(index); panel < parts.Start(index + 1); panel++)
            {
                var list = lists + (nint)panel * (depth + 1);
                *list = NonZero.Rows(b + panels.Start(panel), columns, panels.Length(panel), depth, list + 1);
            }
        }
    }

    /// <summary>
    /// A strip of columns of A against a few panels of B. The parts go strip by strip, so that each thread computes the gradient of the same neurons from step to
    /// step, and finds their weights and what the optimiser remembers of them in its own cache.
    /// </summary>
    private readonly struct Multiplying(float* a, float* b, float* c, int rows, int columns, int depth, EvenParts panels, EvenParts parts, int* lists) : IParts
    {
        [SkipLocalsInit]
        public void Run(int index)
        {
            float* room = stackalloc float[Width * MostDepth + Width * MostRows + AlignedNumbers.Line], strip = AlignedNumbers.Align(room), tile = strip + Width * MostDepth;
            int j = index / parts.Count * Width, width = Math.Min(Width, rows - j), part = index % parts.Count;
            Panels.Pack(new(a + j, 1, rows), width, depth, strip, Width);
            for (var panel = parts.Start(part); panel < parts.Start(part + 1); panel++)
            {
                int i = panels.Start(panel), height = panels.Length(panel);
                var list = lists + (nint)panel * (depth + 1);
                var strides = new ProductTile.Strides(1, columns, Width, Width, *list, adds: false, null, list + 1);
                for (var done = 0; done < width; done += ProductTile.MostColumns)
                    ProductTile.Compute(b + i, strip + done, tile + done, null, strides, height, Math.Min(ProductTile.MostColumns, width - done));
                Panels.Pack(new(tile, Width, 1), height, width, c + (nint)j * columns + i, columns);
            }
        }
    }
}
