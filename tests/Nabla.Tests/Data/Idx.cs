using System.Buffers.Binary;
using System.IO.Compression;

namespace Nabla.Tests.Data;

/// <summary>Writes IDX files as bytes, good ones and bad ones.</summary>
public static class Idx
{
    /// <summary>The names of the four files, in the order of <see cref="Four"/>.</summary>
    public static readonly string[] Names =
        ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

    /// <summary>Images whose pixels count up from <paramref name="first"/>.</summary>
    public static byte[] Images(int count, int height, int width, int first = 0) =>
        [.. Header(0x803, count, height, width), .. Pixels(count * height * width, first)];

    public static byte[] Labels(params byte[] labels) => [.. Header(0x801, labels.Length), .. labels];

    /// <summary>A magic number and dimensions, all as 32-bit integers.</summary>
    public static byte[] Header(params int[] numbers)
    {
        var bytes = new byte[4 * numbers.Length];
        for (var i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 * i), numbers[i]);
        return bytes;
    }

    public static byte[] Pixels(int count, int first = 0) => [.. Enumerable.Range(first, count).Select(i => (byte)i)];

    public static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(content);
        return packed.ToArray();
    }

    /// <summary>A small data set: 4 training images of 2 × 3, and 2 test images.</summary>
    public static byte[][] Four(byte firstTestLabel = 7) =>
        [Images(4, 2, 3), Labels(0, 1, 2, 9), Images(2, 2, 3, first: 100), Labels(firstTestLabel, 8)];
}
