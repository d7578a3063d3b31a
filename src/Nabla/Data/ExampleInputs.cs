using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Nabla.Data;

/// <summary>The inputs of all examples, in the form in which they are kept.</summary>
internal abstract class ExampleInputs(int count, int width)
{
    /// <summary>How many examples.</summary>
    public int Count { get; } = count;

    /// <summary>How many numbers each has.</summary>
    public int Width { get; } = width;

    /// <summary>
    /// Writes the values of one example, as they enter a network, into a row of a batch, and their
    /// <see cref="Kernels.ZeroMap"/> unless <paramref name="zeros"/> is empty.
    /// </summary>
    public abstract void CopyTo(int example, Span<float> x, Span<ulong> zeros);

    /// <summary>Adds an example, as it is kept, to what a checksum is of.</summary>
    public abstract void AddTo(IncrementalHash checksum, int example);

    /// <summary>Says that an example will soon be asked for.</summary>
    public virtual void Prefetch(int example)
    {
    }
}

/// <summary>Images: bytes from 0 to 255, which become numbers from 0 to 1 only in the batch.</summary>
internal sealed class ImageInputs(byte[] pixels, int count, ImageSize size) : ExampleInputs(count, size.Pixels)
{
    /// <summary>The height and width of each.</summary>
    public ImageSize Size { get; } = size;

    /// <summary>The pixels of one image.</summary>
    public ReadOnlySpan<byte> Image(int example) => pixels.AsSpan(example * Width, Width);

    /// <inheritdoc/>
    public override void CopyTo(int example, Span<float> x, Span<ulong> zeros) =>
        Kernels.Images.Scale(Image(example), x, ImageSize.PixelScale, zeros);

    /// <inheritdoc/>
    public override void AddTo(IncrementalHash checksum, int example) => checksum.AppendData(Image(example));

    /// <inheritdoc/>
    public override void Prefetch(int example) => Kernels.Images.Fetch(Image(example));
}

/// <summary>Rows of numbers.</summary>
internal sealed class NumberInputs(Matrix rows) : ExampleInputs(rows.Rows, rows.Columns)
{
    /// <inheritdoc/>
    public override void CopyTo(int example, Span<float> x, Span<ulong> zeros)
    {
        rows.Row(example).CopyTo(x);
        Kernels.ZeroMap.Find(x, 1, Width, zeros);
    }

    /// <inheritdoc/>
    public override void AddTo(IncrementalHash checksum, int example) => checksum.AppendData(MemoryMarshal.AsBytes(rows.Row(example)));
}
