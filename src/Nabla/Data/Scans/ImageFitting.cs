namespace Nabla.Data;

/// <summary>Turns a picture, such as a photo or a scan of one handwritten digit,
/// into an image like those that networks for digits learn from.</summary>
/// <remarks>
/// MNIST's digits are bright on dark, fit into a box of 20 × 20 pixels with their proportions kept, and lie in an
/// image of 28 × 28 with their centre of mass in its middle (LeCun, Cortes, Burges). To a network that has seen
/// nothing else, the same digit inverted, smaller or off centre is something different. The paper has to fill the
/// picture and be of one colour; light from one side does no harm.
/// </remarks>
internal static class ImageFitting
{
    private const double BoxShare = 20.0 / 28;          // the share of the image's side that the ink fits into
    private const int LargestSide = 280;                // of a picture; more tells nothing about a digit
    private const int DarkBackground = 64;

    /// <summary>Fits a picture.</summary>
    /// <param name="pixels">The picture row by row, 0 black to 255 white.</param>
    /// <param name="size">The size of the picture.</param>
    /// <param name="target">The size of the image to make.</param>
    /// <returns>The image. A picture that already has the target size and a dark
    /// background is returned unchanged.</returns>
    /// <exception cref="ArgumentException">The number of pixels does not match the size.</exception>
    /// <exception cref="InvalidDataException">There is nothing on the picture.</exception>
    public static FittedImage Fit(ReadOnlySpan<byte> pixels, ImageSize size, ImageSize target)
    {
        if (size.Height <= 0 || size.Width <= 0 || pixels.Length != (long)size.Height * size.Width)
            throw new ArgumentException($"{pixels.Length} pixels are not a picture of {size}.", nameof(pixels));
        if (target.Height <= 0 || target.Width <= 0)
            throw new ArgumentException($"An image cannot have the size {target}.", nameof(target));
        if (size == target && InkExtractor.BorderLevel(pixels, size) < DarkBackground)
            return new(pixels.ToArray(), target) { AsItWas = true };

        var picture = Shrunk(GreyImage.From(pixels, size));
        var (ink, darkOnLight) = InkExtractor.Remove(picture);
        ink = ink.WithoutSpecks();
        var thick = ink.Thickened();
        return new(Place(thick, target), target) { DarkOnLight = darkOnLight, Thickened = thick != ink };
    }

    /// <summary>Shrinks a picture that is larger than useful.
    /// The last row and column may reach beyond the picture, where there is not even paper.</summary>
    private static GreyImage Shrunk(GreyImage picture)
    {
        var step = Math.Max(1, (double)Math.Max(picture.Height, picture.Width) / LargestSide);
        if (step == 1)
            return picture;
        var height = Math.Max(1, (int)Math.Round(picture.Height / step));
        var width = Math.Max(1, (int)Math.Round(picture.Width / step));
        return picture.Resample(0, 0, step, height, width, insideAlone: true);
    }

    /// <summary>Crops, scales and centres the ink, all in one resampling.</summary>
    private static byte[] Place(GreyImage ink, ImageSize target)
    {
        var (top, left, bottom, right) = ink.Box();
        var (massY, massX) = ink.CentreOfMass();
        var box = BoxShare * Math.Min(target.Height, target.Width);
        var step = Math.Max(bottom - top, right - left) / box;      // pixels of the picture per pixel of the image
        var y = Start(massY, top, bottom, target.Height, step);
        var x = Start(massX, left, right, target.Width, step);
        var image = ink.Resample(y, x, step, target.Height, target.Width);
        var brightest = Math.Max(image.Values.Max(), 1e-6f);        // thin lines fade when they shrink
        return [.. image.Values.Select(value => (byte)(255 * value / brightest + 0.5f))];
    }

    /// <summary>The start of the image that puts the centre of mass at the middle pixel,
    /// as in MNIST, without cutting off ink.</summary>
    private static double Start(double mass, double low, double high, int side, double step)
    {
        var start = mass - (side / 2 + 0.5) * step;
        return Math.Clamp(start, Math.Min(high - side * step, low), low);
    }
}

/// <summary>A picture in the form that a network takes, and what was done to it.</summary>
/// <param name="Pixels">Row by row, 0 to 255, bright on dark.</param>
/// <param name="Size">The size of the image.</param>
public sealed record FittedImage(byte[] Pixels, ImageSize Size)
{
    /// <summary>Whether the picture was left as it was, because it had the right size and a dark background.</summary>
    public bool AsItWas { get; init; }

    /// <summary>Whether the picture was dark on light, and was inverted.</summary>
    public bool DarkOnLight { get; init; }

    /// <summary>Whether the lines were made thicker, because they would have faded.</summary>
    public bool Thickened { get; init; }

    /// <summary>
    /// Turns a picture, such as a photo or a scan of one handwritten digit, into an image like those that digit
    /// networks learn from.
    /// </summary>
    /// <remarks>
    /// MNIST's digits are bright on dark. They fit a box of 20 × 20 pixels with their proportions kept, and lie in an
    /// image of 28 × 28 with their centre of mass in the middle (LeCun, Cortes, Burges). The paper must fill the
    /// picture and have one colour; light that falls on it from one side does no harm.
    /// </remarks>
    /// <param name="pixels">The picture row by row, 0 black to 255 white.</param>
    /// <param name="size">Its size.</param>
    /// <param name="target">The size of image that the network takes.</param>
    /// <returns>The image. A picture that already has this size and a dark background is returned unchanged.</returns>
    /// <exception cref="ArgumentException">The number of pixels does not match the size.</exception>
    /// <exception cref="InvalidDataException">The picture is blank.</exception>
    public static FittedImage From(ReadOnlySpan<byte> pixels, ImageSize size, ImageSize target) =>
        ImageFitting.Fit(pixels, size, target);
}
