namespace Nabla;

/// <summary>
/// The shape of one example: channels of height × width. Its values lie in one row of a <see cref="Matrix"/>, channel
/// after channel, and within a channel row by row (the order of PyTorch). Values that do not form an image are
/// channels of one pixel each.
/// </summary>
/// <param name="Channels">C: 1 for a grey image, 3 for a colour image,
/// the number of filters after a convolution.</param>
/// <param name="Height">H, in pixels.</param>
/// <param name="Width">W, in pixels.</param>
public readonly record struct Shape(int Channels, int Height, int Width)
{
    /// <summary>The shape of <paramref name="count"/> values that do not form an image.</summary>
    public static Shape Flat(int count) => new(count, 1, 1);

    /// <summary>The shape of <paramref name="count"/> values that do not form an image.</summary>
    public static implicit operator Shape(int count) => Flat(count);

    /// <summary>The number of values of one example.</summary>
    /// <exception cref="OverflowException">More than an array can hold.</exception>
    public int Size => checked(Channels * Height * Width);

    /// <summary>H · W: the number of values of one channel.</summary>
    public int Pixels => checked(Height * Width);

    /// <summary>Whether the values do not form an image: each channel has one pixel.</summary>
    public bool IsFlat => Height == 1 && Width == 1;

    /// <summary>“10”, or “channels × height × width”, for messages and tables.</summary>
    public override string ToString() => IsFlat ? $"{Channels}" : $"{Channels}×{Height}×{Width}";
}
