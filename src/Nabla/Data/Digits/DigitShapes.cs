namespace Nabla.Data;

/// <summary>How people write one digit.</summary>
/// <param name="height">
/// The height of the digit relative to the others, written with the same pen. As in old print, 0, 1 and 2 are the small
/// ones, and people leave more space for digits with many strokes.
/// </param>
/// <param name="families">The ways to write it.</param>
internal sealed class DigitShape(double height, DigitFamily[] families)
{
    /// <summary>The height of the digit relative to the others; 1 is usual.</summary>
    public double Height => height;

    /// <summary>Picks one way to write the digit at random: a family by its share, and a form of that family.</summary>
    public DigitForm Pick(RandomGenerator random)
    {
        var chosen = 0;
        for (var left = random.NextDouble() - families[0].Share; left > 0 && chosen < families.Length - 1;)
            left -= families[++chosen].Share;
        return families[chosen].Pick(random);
    }
}

/// <summary>How people write the ten digits.</summary>
/// <remarks>
/// Drawn by hand on a sheet on which a digit is 100 high and about 65 wide, y pointing down. No image of anyone's
/// handwriting is stored here or anywhere.
/// </remarks>
internal static class DigitShapes
{
    private static readonly DigitShape[] all = [.. LowDigits.Shapes, .. HighDigits.Shapes];

    /// <summary>The shape of one digit, 0 … 9.</summary>
    public static DigitShape Of(int digit) => all[digit];
}
