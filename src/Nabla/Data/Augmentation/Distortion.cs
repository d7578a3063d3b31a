using System.Globalization;

namespace Nabla.Data;

/// <summary>A random change of an image that keeps its meaning: a part of an <see cref="Augmentation"/>.</summary>
public abstract record RandomDistortion
{
    private protected RandomDistortion()
    {
    }

    /// <summary>The distortion's name in text: “shift”.</summary>
    public abstract string Name { get; }

    /// <summary>The distortion as text, in the notation that
    /// <c>AugmentationList.Parse</c> reads: “shift 2”.</summary>
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
