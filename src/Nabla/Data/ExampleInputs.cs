using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Nabla.Data;

/// <summary>The inputs of all examples, in the form in which they are stored.</summary>
internal abstract class ExampleInputs(int count, int width)
{
    /// <summary>The number of examples.</summary>
    public int Count { get; } = count;

    /// <summary>The number of values in each.</summary>
    public int Width { get; } = width;

    /// <summary>Writes one example, in the form that enters a network, into a row of a batch,
    /// and its <see cref="Kernels.ZeroMap"/> into <paramref name="zeros"/> unless that is empty.</summary>
    public abstract void CopyTo(int example, Span<float> x, Span<ulong> zeros);

    /// <summary>Adds an example, in the form in which it is stored, to a checksum.</summary>
    public abstract void AddTo(IncrementalHash checksum, int example);

    /// <summary>Prefetches an example that will be needed soon.</summary>
    public virtual void Prefetch(int example)
    {
    }
}

/// <summary>Images: stored as bytes from 0 to 255, which become values from 0 to
/// 1 when they are copied into a batch.</summary>
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
    public override void AddTo(IncrementalHash checksum, int example) =>
        checksum.AppendData(MemoryMarshal.AsBytes(rows.Row(example)));
}
