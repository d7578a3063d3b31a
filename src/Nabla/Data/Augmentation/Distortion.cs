using System.Globalization;

namespace Nabla.Data;

/// <summary>One way of changing an image at random that leaves what it shows: a part of an <see cref="Augmentation"/>.</summary>
public abstract record RandomDistortion
{
    private protected RandomDistortion()
    {
    }

    /// <summary>Its name in text: “shift”.</summary>
    public abstract string Name { get; }

    /// <summary>As text, from which <c>AugmentationList.Parse</c> makes the same: “shift 2”.</summary>
    public string Description => $"{Name} {string.Join(' ', Numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture)))}";

    /// <inheritdoc/>
    public sealed override string ToString() => Description;

    /// <summary>The numbers that follow the name.</summary>
    private protected abstract double[] Numbers { get; }

    /// <summary>Why it makes no sense for images of this size, and what to do; null where it does.</summary>
    internal virtual string? FaultFor(ImageSize size) => null;

    /// <summary>A number that has been found right, or an error that says what is.</summary>
    private protected static T Checked<T>(T value, bool isRight, string expected) => isRight
        ? value
        : throw new ArgumentException($"{expected}, but is {value}.");
}

/// <summary>A distortion that moves the whole image by one affine map about its centre.</summary>
internal interface IAffineDistortion
{
    /// <summary>Draws a map for one image. It says where a point at (x, y) from the centre goes.</summary>
    public AffineMap Draw(RandomGenerator random);
}
