using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Nabla.Algebra;

namespace Nabla.Data;

/// <summary>The inputs of all examples, in the form in which they are kept.</summary>
internal abstract class ExampleInputs(int count, int width)
{
    /// <summary>How many examples.</summary>
    public int Count { get; } = count;

    /// <summary>How many numbers each has.</summary>
    public int Width { get; } = width;

    /// <summary>Writes the numbers of one example, as they enter a network.</summary>
    public abstract void CopyTo(int example, Span<float> x);

    /// <summary>Adds an example, as it is kept, to what a checksum is of.</summary>
    public abstract void AddTo(IncrementalHash checksum, int example);

    /// <summary>Says that an example will soon be asked for.</summary>
    public virtual void Announce(int example)
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
    public override void CopyTo(int example, Span<float> x) => Kernels.Images.Scale(Image(example), x, ImageSize.PixelScale);

    /// <inheritdoc/>
    public override void AddTo(IncrementalHash checksum, int example) => checksum.AppendData(Image(example));

    /// <inheritdoc/>
    public override void Announce(int example) => Kernels.Images.Fetch(Image(example));
}

/// <summary>Rows of numbers.</summary>
internal sealed class NumberInputs(Matrix rows) : ExampleInputs(rows.Rows, rows.Columns)
{
    /// <inheritdoc/>
    public override void CopyTo(int example, Span<float> x) => rows.Row(example).CopyTo(x);

    /// <inheritdoc/>
    public override void AddTo(IncrementalHash checksum, int example) => checksum.AppendData(MemoryMarshal.AsBytes(rows.Row(example)));
}
