namespace Nabla.Data;

/// <summary>The size of grey-scale images.</summary>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Columns of pixels.</param>
public readonly record struct ImageSize(int Height, int Width)
{
    /// <summary>The factor that maps a pixel, 0 to 255, to the value that enters a network, 0 to 1.</summary>
    public const float PixelScale = 1 / 255f;

    /// <summary>The number of pixels of one image.</summary>
    public int Pixels => Height * Width;

    /// <inheritdoc/>
    public override string ToString() => $"{Height} × {Width}";
}
