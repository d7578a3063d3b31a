namespace Nabla.Kernels;

/// <summary>
/// An image of bytes with background around it, so that what lies just outside can be read as if it were inside.
/// </summary>
internal sealed class BorderedImage
{
    private const int Before = 1, After = 2;            // pixels of border at the left and top, at the right and bottom
    private const int Beyond = 4;                       // bytes after the last pixel that a kernel may read

    private readonly byte[] pixels;

    /// <summary>A buffer for images of one size.</summary>
    public BorderedImage(int height, int width, byte background)
    {
        (Height, Width) = (height, width);
        pixels = new byte[(height + Before + After) * Stride + Beyond];
        pixels.AsSpan().Fill(background);
    }

    /// <summary>Rows of the image itself.</summary>
    public int Height { get; }

    /// <summary>Columns of the image itself.</summary>
    public int Width { get; }

    /// <summary>The distance in <see cref="Pixels"/> from a pixel to the one below it.</summary>
    public int Stride => Width + Before + After;

    /// <summary>The index in <see cref="Pixels"/> of the image's first pixel.</summary>
    public int Origin => Before * Stride + Before;

    /// <summary>All pixels, border included.</summary>
    public ReadOnlySpan<byte> Pixels => pixels;

    /// <summary>Copies another image of the same size.</summary>
    public void Set(ReadOnlySpan<byte> image)
    {
        for (var y = 0; y < Height; y++)
            image.Slice(y * Width, Width).CopyTo(pixels.AsSpan(Origin + y * Stride));
    }
}
