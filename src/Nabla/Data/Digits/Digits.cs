namespace Nabla.Data;

/// <summary>Digits in the style of handwriting, drawn by this library: there is nothing to download.</summary>
/// <remarks>They look like MNIST's: 28 × 28 pixels, grey-scale, bright on dark, classes "0" to "9".</remarks>
public static class Digits
{
    /// <summary>The seed of the digits to train with.</summary>
    internal const ulong TrainingSeed = 1;

    /// <summary>The seed of the digits to test with: another one, so that none was seen in training.</summary>
    internal const ulong TestSeed = 2;

    /// <summary>Draws digits. The same count and seed give the same bytes, everywhere.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="seed">Which ones.</param>
    /// <exception cref="ArgumentOutOfRangeException">There would be none.</exception>
    public static Dataset Generate(int count = 60_000, ulong seed = TrainingSeed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var (pixels, labels) = DigitGenerator.Generate(count, seed);
        return Dataset.FromImages("digits", pixels, new(28, 28), labels, ImageFolder.TenDigits);
    }
}
