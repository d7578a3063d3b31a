using System.Globalization;

namespace Nabla.Data;

/// <summary>A random change of an image that keeps its meaning: a part of an <see cref="Augmentation"/>.</summary>
public abstract record RandomDistortion
{
    private protected RandomDistortion()
    {
    }

    /// <summary>A rotation about the centre, by an angle that is uniform in both directions.</summary>
    /// <param name="degrees">The largest angle: from 0 to 180.</param>
    /// <exception cref="ArgumentException">It is out of range.</exception>
    public static RandomDistortion Rotation(double degrees) => new RandomRotation(degrees);

    /// <summary>Enlarges or reduces, by a factor that is uniform about 1.</summary>
    /// <param name="range">The largest distance of the factor from 1: at least 0, below 1.</param>
    /// <exception cref="ArgumentException">It is out of range.</exception>
    public static RandomDistortion Scale(double range) => new RandomScale(range);

    /// <summary>Slants to the left or to the right, by a uniform angle.</summary>
    /// <param name="degrees">The largest angle: at least 0, below 90.</param>
    /// <exception cref="ArgumentException">It is out of range.</exception>
    public static RandomDistortion Shear(double degrees) => new RandomShear(degrees);

    /// <summary>Moves sideways, and up or down, by two uniform integers.</summary>
    /// <param name="pixels">The largest distance in each direction; at least 0.</param>
    /// <exception cref="ArgumentException">It is negative.</exception>
    public static RandomDistortion Shift(int pixels) => new RandomShift(pixels);

    /// <summary>
    /// An elastic distortion, as if the image were drawn on rubber (Simard, Steinkraus and Platt, 2003).
    /// </summary>
    /// <param name="sigma">σ, how smooth the displacement is, in pixels: more than 0, at most 1000.</param>
    /// <param name="alpha">α, how strong it is: from 0, which changes nothing, to a million.</param>
    /// <exception cref="ArgumentException">One of them is out of range.</exception>
    public static RandomDistortion Elastic(double sigma, double alpha) => new RandomElastic(sigma, alpha);

    /// <summary>Covers a square with the background, at a random position (DeVries and Taylor, 2017).</summary>
    /// <param name="side">The side of the square in pixels; at least 1.</param>
    /// <exception cref="ArgumentException">It is not positive.</exception>
    public static RandomDistortion CutOut(int side) => new RandomCutOut(side);

    /// <summary>The distortion's name in text: “shift”.</summary>
    public abstract string Name { get; }

    /// <summary>The distortion as text, in the notation that
    /// <c>Parse.Augmentation</c> reads: “shift 2”.</summary>
    public string Description
    {
        get
        {
            var numbers = Numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture));
            return $"{Name} {string.Join(' ', numbers)}";
        }
    }

    /// <inheritdoc/>
    public sealed override string ToString() => Description;

    /// <summary>The numbers that follow the name.</summary>
    private protected abstract double[] Numbers { get; }

    /// <summary>Why the distortion makes no sense for images of this size, and what to do; null if it does.</summary>
    internal virtual string? FaultFor(ImageSize size) => null;

    /// <summary>Returns a number that is valid, or throws an error that says what was expected.</summary>
    private protected static T Checked<T>(T value, bool isRight, string expected) => isRight
        ? value
        : throw new ArgumentException($"{expected}, but is {value}.");
}

/// <summary>A distortion that moves the whole image by one affine map about its centre.</summary>
internal interface IAffineDistortion
{
    /// <summary>Draws a new map, which gives the new position of the point (x, y);
    /// both are relative to the centre.</summary>
    public AffineMap Draw(RandomGenerator random);
}
