namespace Nabla.Data;

/// <summary>Handwritten-style digits, drawn by this library: there is nothing to download.</summary>
/// <remarks>They look like MNIST's: 28 × 28 pixels, grey-scale, bright on dark, with the classes "0" to "9".</remarks>
public static class Digits
{
    /// <summary>The seed of the digits to train with.</summary>
    internal const ulong TrainingSeed = 1;

    /// <summary>The seed of the digits to test with:
    /// a different one, so that none of them was seen in training.</summary>
    internal const ulong TestSeed = 2;

    /// <summary>Draws digits. The same count and seed give the same bytes on every machine.</summary>
    /// <param name="count">The number of digits, at least 1.</param>
    /// <param name="seed">The seed of the digits.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not positive.</exception>
    public static Dataset Generate(int count = 60_000, ulong seed = TrainingSeed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var (pixels, labels) = DigitGenerator.Generate(count, seed);
        return Dataset.FromImages("digits", pixels, new(28, 28), labels, ImageFolder.TenDigits);
    }
}
