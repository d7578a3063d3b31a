using Nabla.Kernels;

namespace Nabla.Data;

/// <summary>Augments the images of one training.</summary>
/// <remarks>
/// What happens to an image depends only on the seed, the epoch and its index, not on which thread prepares it, when,
/// or how often. So there is no state to save. Several threads may use one augmenter at the same time. No memory is
/// allocated per image.
/// </remarks>
internal sealed class Augmenter
{
    private const ulong Stream = 0xA06UL << 32;         // of the random numbers; the epoch is added

    private readonly ulong seed;
    private readonly ImageSize size;
    private readonly float background;
    private readonly IAffineDistortion[] maps;
    private readonly DisplacementField? field;
    private readonly RandomCutOut? cutOut;
    private readonly Pool<Desk> desks;
    private ulong epochSeed;

    /// <summary>Creates an augmenter for images of one size.</summary>
    public Augmenter(Augmentation augmentation, ImageSize size, ulong seed)
    {
        (this.seed, this.size) = (seed, size);
        background = ImageSize.PixelScale * augmentation.Background;
        maps = [.. augmentation.Distortions.OfType<IAffineDistortion>()];
        cutOut = augmentation.Distortions.OfType<RandomCutOut>().FirstOrDefault();
        if (augmentation.Distortions.OfType<RandomElastic>().FirstOrDefault() is { } elastic)
            field = new DisplacementField(elastic, size);
        desks = new(() => new(
            new RandomGenerator(0),
            new BorderedImage(size.Height, size.Width, augmentation.Background),
            field?.NewBuffers()));
        Begin(1);
    }

    /// <summary>Selects the epoch, from 1, whose distortions are applied from now on.
    /// No thread may be augmenting meanwhile.</summary>
    public void Begin(int epoch) => epochSeed = new RandomGenerator(seed, Stream + (ulong)epoch).NextUInt64();

    /// <summary>Writes an image, distorted at random, in the form that enters a network.</summary>
    /// <param name="image">Its pixels.</param>
    /// <param name="example">Its index in the data.</param>
    /// <param name="x">The row of a batch to write it into.</param>
    /// <param name="zeros">The <see cref="ZeroMap"/> of that row, to be written too; empty if there is none.</param>
    public void Apply(ReadOnlySpan<byte> image, int example, Span<float> x, Span<ulong> zeros)
    {
        var desk = desks.Take();
        var random = desk.Random;
        random.Restart(epochSeed, (ulong)example);
        if (maps.Length > 0 || field is not null)
            Resample(image, desk, x);
        else
            Images.Scale(image, x, ImageSize.PixelScale);
        cutOut?.Draw(random, x, size, background);
        ZeroMap.Find(x, rows: 1, x.Length, zeros);
        desks.Return(desk);
    }

    /// <summary>Moves all pixels at once: each one is read from where the inverse of all maps,
    /// plus the field, takes it.</summary>
    private void Resample(ReadOnlySpan<byte> image, Desk desk, Span<float> to)
    {
        var map = AffineMap.Identity;
        foreach (var distortion in maps)
            map = map.Then(distortion.Draw(desk.Random));
        var back = map.Inverse().About((size.Width - 1) / 2.0, (size.Height - 1) / 2.0);
        if (field is not null)
            field.Draw(desk.Random, desk.Field!);
        desk.Source.Set(image);
        for (var y = 0; y < size.Height; y++)
        {
            var row = to.Slice(y * size.Width, size.Width);
            var origin = new RowOrigin(
                (float)(back.XY * y + back.X), (float)back.XX, (float)(back.YY * y + back.Y), (float)back.YX);
            if (desk.Field is { } fields)
                Resampling.Row(
                    desk.Source, origin, fields.Dx.Row(y), fields.Dy.Row(y), row, ImageSize.PixelScale);
            else
                Resampling.Row(desk.Source, origin, [], [], row, ImageSize.PixelScale);
        }
    }

    /// <summary>What one thread needs to augment an image.</summary>
    private sealed record Desk(RandomGenerator Random, BorderedImage Source, DisplacementField.Buffers? Field);
}
