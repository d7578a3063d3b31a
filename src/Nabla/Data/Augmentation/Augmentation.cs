namespace Nabla.Data;

/// <summary>
/// Changes each image of a training at random whenever it is learned from, so that a network never sees the same one twice, and learns what does not
/// matter. Make it of <see cref="RandomDistortion"/>s, or of text: <c>AugmentationList.Parse("elastic 6 36, rotate 10, shift 2")</c>.
/// </summary>
/// <remarks>
/// Everything that moves pixels is brought together first: the affine maps in the order of the list, then the elastic displacement. The image is
/// read once at the places that result, by bilinear interpolation, so it is blurred once at most. A cut-out comes last. What comes from outside the
/// image is <see cref="Background"/>. The seed, the epoch and the number of the example decide what happens to it, so that a training can be repeated and resumed.
/// </remarks>
public sealed class Augmentation
{
    /// <summary>The word before the pixel outside the image, in text.</summary>
    internal const string BackgroundName = "background";

    private const int MostPixels = 1 << 24;             // with the border: whole numbers beyond have gaps in float32

    /// <summary>Puts distortions together.</summary>
    /// <exception cref="ArgumentException">There is none, or two of one kind.</exception>
    public Augmentation(params RandomDistortion[] distortions)
    {
        ArgumentNullException.ThrowIfNull(distortions);
        if (distortions.Length == 0 || distortions.Contains(null))
            throw new ArgumentException("An augmentation needs at least one distortion, such as a rotation.");
        if (distortions.GroupBy(distortion => distortion.Name).FirstOrDefault(kind => kind.Count() > 1) is { } twice)
            throw new ArgumentException($"'{twice.Key}' is there {twice.Count()} times, but once is the most. Leave one, with the larger numbers.");
        Distortions = [.. distortions];
    }

    /// <summary>What is done, in this order.</summary>
    public IReadOnlyList<RandomDistortion> Distortions { get; }

    /// <summary>The pixel that stands for whatever lies outside of an image, or has been cut out of it: 0, black, or 255 for images of ink on white paper.</summary>
    public byte Background { get; init; }

    /// <summary>The augmentation as text, which <c>AugmentationList.Parse</c> reads.</summary>
    public string Description => string.Join(", ", Distortions) + (Background > 0 ? $", {BackgroundName} {Background}" : "");

    /// <inheritdoc/>
    public override string ToString() => Description;

    /// <summary>What an example enters a network as in one epoch of a training, to be looked at: its pixels, row by row, from 0 to 1.</summary>
    /// <param name="data">Images.</param>
    /// <param name="example">Which of them.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="seed">The seed of the training.</param>
    /// <exception cref="ArgumentException">The data cannot be augmented.</exception>
    public float[] Apply(Dataset data, int example, int epoch = 1, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(data);
        var augmenter = For(data, seed);
        var x = new float[data.Inputs];
        augmenter.Begin(epoch);
        augmenter.Apply(data.Image(example), example, new(x, 0, 1, x.Length));
        return x;
    }

    /// <summary>What augments the images of one training.</summary>
    internal Augmenter For(Dataset data, ulong seed)
    {
        Check(data);
        return new Augmenter(this, data.ImageSize!.Value, seed);
    }

    /// <summary>Throws unless the data can be augmented so.</summary>
    internal void Check(Dataset data)
    {
        if (data.ImageSize is not { } size)
            throw new ArgumentException(
                $"{data.Name} cannot be augmented: its examples are rows of {data.Inputs} numbers, not images. Leave out the augmentation; " +
                $"if they are images, make the data by {nameof(Dataset)}.{nameof(Dataset.FromImages)}.");
        if ((size.Height + 3L) * (size.Width + 3L) > MostPixels)
            throw new ArgumentException($"{data.Name} cannot be augmented: its images are {size}, but {MostPixels} pixels are the most, with a border. Make them smaller.");
        foreach (var distortion in Distortions)
            if (distortion.FaultFor(size) is { } fault)
                throw new ArgumentException($"{data.Name} cannot be augmented: {fault}");
    }
}
