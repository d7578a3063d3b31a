namespace Nabla.Data;

/// <summary>The size of grey-scale images.</summary>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Columns of pixels.</param>
public readonly record struct ImageSize(int Height, int Width)
{
    /// <summary>What a pixel, 0 to 255, is multiplied by when it enters a network.</summary>
    public const float PixelScale = 1 / 255f;

    /// <summary>How many pixels one image has.</summary>
    public int Pixels => Height * Width;

    /// <inheritdoc/>
    public override string ToString() => $"{Height} × {Width}";
}
