namespace Nabla;

/// <summary>
/// The shape of one example: channels of height × width. Its numbers lie in one row of a <see cref="Matrix"/>, channel after channel, each row by
/// row (the order of PyTorch). Numbers that are no image are channels of one pixel each.
/// </summary>
/// <param name="Channels">C: 1 for a grey image, 3 for colours, as many as there are filters after a convolution.</param>
/// <param name="Height">H, in pixels.</param>
/// <param name="Width">W, in pixels.</param>
public readonly record struct Shape(int Channels, int Height, int Width)
{
    /// <summary>So many numbers without a place.</summary>
    public static Shape Flat(int count) => new(count, 1, 1);

    /// <summary>So many numbers without a place.</summary>
    public static implicit operator Shape(int count) => Flat(count);

    /// <summary>How many numbers an example of this shape has.</summary>
    /// <exception cref="OverflowException">More than an array can hold.</exception>
    public int Size => checked(Channels * Height * Width);

    /// <summary>H · W: the numbers of one channel.</summary>
    public int Pixels => checked(Height * Width);

    /// <summary>Whether there is nothing but numbers: each channel has one pixel.</summary>
    public bool IsFlat => Height == 1 && Width == 1;

    /// <summary>“10”, or “channels × height × width”, for messages and tables.</summary>
    public override string ToString() => IsFlat ? $"{Channels}" : $"{Channels}×{Height}×{Width}";
}
