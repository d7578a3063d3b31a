namespace Nabla.Data;

/// <summary>
/// Changes each training image at random each time it is learned from, so that a network never sees the same image
/// twice and learns what does not matter. Create one from text,
/// <c>Parse.Augmentation("elastic 6 36, rotate 10, shift 2")</c>, or from <see cref="RandomDistortion"/>s.
/// </summary>
/// <remarks>
/// Everything that moves pixels is combined first: the affine maps in the order of the list, then the elastic
/// displacement. The image is read once, at the resulting positions, by bilinear interpolation, so it is blurred at
/// most once. A cut-out comes last. Pixels from outside the image are <see cref="Background"/>. The seed, the epoch
/// and the index of the example determine what happens to it, so a training can be repeated and resumed.
/// </remarks>
public sealed class Augmentation
{
    /// <summary>The word in text before the pixel value outside an image.</summary>
    internal const string BackgroundName = "background";

    private const int MostPixels = 1 << 24;             // with the border: larger integers have gaps in float32

    /// <summary>Combines distortions.</summary>
    /// <exception cref="ArgumentException">There are none, or two of the same kind.</exception>
    public Augmentation(params RandomDistortion[] distortions)
    {
        ArgumentNullException.ThrowIfNull(distortions);
        if (distortions.Length == 0 || distortions.Contains(null))
            throw new ArgumentException("An augmentation needs at least one distortion, such as a rotation.");
        var kinds = distortions.GroupBy(distortion => distortion.Name);
        if (kinds.FirstOrDefault(kind => kind.Count() > 1) is { } repeated)
            throw new ArgumentException(
                $"'{repeated.Key}' appears {repeated.Count()} times, but may appear only once. "
                + "Keep one, with the larger numbers.");
        Distortions = [.. distortions];
    }

    /// <summary>The distortions, in the order in which they are applied.</summary>
    public IReadOnlyList<RandomDistortion> Distortions { get; }

    /// <summary>The pixel value outside an image and in a cut-out:
    /// 0 (black), or 255 for images of ink on white paper.</summary>
    public byte Background { get; init; }

    /// <summary>The augmentation as text, which <c>Parse.Augmentation</c> reads.</summary>
    public string Description =>
        string.Join(", ", Distortions)
        + (Background > 0 ? $", {BackgroundName} {Background}" : "");

    /// <inheritdoc/>
    public override string ToString() => Description;

    /// <summary>Returns an example as it enters a network in one epoch of a training:
    /// its pixels, row by row, from 0 to 1. Useful for looking at what an augmentation does.</summary>
    /// <param name="data">The images.</param>
    /// <param name="example">The index of the example.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="seed">The seed of the training.</param>
    /// <exception cref="ArgumentException">The data cannot be augmented.</exception>
    public float[] Apply(Dataset data, int example, int epoch = 1, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(data);
        var augmenter = For(data, seed);
        var x = new float[data.Inputs];
        augmenter.Begin(epoch);
        augmenter.Apply(data.Image(example), example, x, zeros: []);
        return x;
    }

    /// <summary>Creates the augmenter for the images of one training.</summary>
    internal Augmenter For(Dataset data, ulong seed)
    {
        Check(data);
        return new Augmenter(this, data.ImageSize!.Value, seed);
    }

    /// <summary>Throws unless this augmentation can be applied to the data.</summary>
    internal void Check(Dataset data)
    {
        if (data.ImageSize is not { } size)
            throw new ArgumentException(
                $"{data.Name} cannot be augmented: its examples are rows of {data.Inputs} numbers, not images. "
                + "Leave out the augmentation; "
                + $"if they are images, make the data by {nameof(Dataset)}.{nameof(Dataset.FromImages)}.");
        if ((size.Height + 3L) * (size.Width + 3L) > MostPixels)
            throw new ArgumentException(
                $"{data.Name} cannot be augmented: its images are {size}, "
                + $"but at most {MostPixels} pixels are allowed, with a border. Make them smaller.");
        foreach (var distortion in Distortions)
            if (distortion.FaultFor(size) is { } fault)
                throw new ArgumentException($"{data.Name} cannot be augmented: {fault}");
    }
}
