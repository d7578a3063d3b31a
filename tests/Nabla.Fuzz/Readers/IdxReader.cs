using System.Buffers.Binary;
using System.IO.Compression;
using Nabla.Data;

namespace Nabla.Fuzz.Readers;

/// <summary>IDX files, images and labels, not packed: a magic number, dimensions, bytes.</summary>
internal sealed class IdxReader(string folder) : FuzzedReader("idx")
{
    private readonly string path = Path.Combine(folder, "input.idx");

    /// <summary>Images of 3 × 4 pixels, and labels.</summary>
    public static byte[][] Examples { get; } =
    [
        [.. Header(0x803, 5, 3, 4), .. Enumerable.Range(0, 60).Select(i => (byte)(4 * i))],
        [.. Header(0x801, 20), .. Enumerable.Range(0, 20).Select(i => (byte)(i % 10))],
    ];

    public override IReadOnlyList<byte[]> Valid => Examples;

    public override byte[] Mutate(byte[] input, RandomGenerator random) => MutateIdx(input, random);

    public override void Read(byte[] input)
    {
        File.WriteAllBytes(path, input);
        ReadIdx(path, input);
    }

    public override bool Refuses(Exception e) => e is InvalidDataException;

    /// <summary>Changes the magic number or a dimension, or the bytes by as many as a dimension.</summary>
    public static byte[] MutateIdx(byte[] input, RandomGenerator random)
    {
        var field = 4 * random.NextInt(4);
        if (input.Length < field + 4)
            return input;
        switch (random.NextInt(3))
        {
            case 0:
                return ByteMutation.Put(input, field, 4, bigEndian: true, random);
            case 1:
                byte[] changed = [.. input];
                var number = BinaryPrimitives.ReadInt32BigEndian(changed.AsSpan(field));
                BinaryPrimitives.WriteInt32BigEndian(changed.AsSpan(field), number + random.NextInt(5) - 2);
                return changed;
            default:
                return random.NextInt(2) == 0
                    ? [.. input, .. new byte[random.NextInt(40)]]
                    : input[..Math.Max(0, input.Length - random.NextInt(40))];
        }
    }

    /// <summary>
    /// Reads a file of images or labels and compares the result with the unpacked input, where that is known.
    /// </summary>
    public static void ReadIdx(string path, byte[]? plain)
    {
        if (plain is [0, 0, 8, 3, ..])
        {
            var (pixels, size) = IdxFile.ReadImages(path);
            Promise(
                size.Height > 0 && size.Width > 0 && pixels.Length % size.Pixels == 0,
                $"{pixels.Length} pixels are not images of {size}");
            Promise(pixels.AsSpan().SequenceEqual(plain.AsSpan(16)), "the pixels are not those of the file");
        }
        else
        {
            var labels = IdxFile.ReadLabels(path);
            Promise(labels.All(label => label < 10), "a label is not a class");
            Promise(
                plain is null or [0x1F, 0x8B, ..] || labels.AsSpan().SequenceEqual(plain.AsSpan(8)),
                "the labels are not those of the file");
        }
    }

    private static byte[] Header(params int[] numbers)
    {
        var bytes = new byte[4 * numbers.Length];
        for (var i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 * i), numbers[i]);
        return bytes;
    }
}

/// <summary>
/// IDX files packed with gzip: either the packed bytes are mutated, or the unpacked bytes before packing.
/// </summary>
internal sealed class GzipReader(string folder) : FuzzedReader("gzip")
{
    private const int MostUnpacked = 1032;              // bytes that one byte can unpack to
    private readonly string path = Path.Combine(folder, "input.gz");

    public override IReadOnlyList<byte[]> Valid { get; } =
        [.. IdxReader.Examples.Select(Pack), Pack([0, 0, 8, 1, 0, 1, 0, 0, .. new byte[1 << 16]])];

    public override byte[] Mutate(byte[] input, RandomGenerator random)
    {
        if (input.Length < 18)
            return input;
        switch (random.NextInt(5))
        {
            case 0:
                var fromEnd = random.NextInt(2) == 0 ? 4 : 8;                           // the size or the checksum
                return ByteMutation.Put(input, input.Length - fromEnd, 4, bigEndian: false, random);
            case 1:
                return [.. input[..3], (byte)(1 << random.NextInt(8)), .. input[4..]];  // flags of the header
            case 2:
                return random.NextInt(2) == 0 ? [.. input, .. input] : Pack(input);
            default:
                if (Unpack(input) is not { } plain)
                    return input;
                return Pack(random.NextInt(2) == 0
                    ? IdxReader.MutateIdx(plain, random)
                    : ByteMutation.Of(plain, random));
        }
    }

    public override void Read(byte[] input)
    {
        File.WriteAllBytes(path, input);
        var plain = Unpack(input);
        IdxReader.ReadIdx(path, plain is [0, 0, 8, 3, ..] ? plain : null);
    }

    public override bool Refuses(Exception e) => e is InvalidDataException;

    public override long MemoryFor(byte[] input) => base.MemoryFor(input) + 8L * MostUnpacked * input.Length;

    private static byte[] Pack(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(plain);
        return packed.ToArray();
    }

    private static byte[]? Unpack(byte[] packed)
    {
        try
        {
            using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
            using var plain = new MemoryStream();
            gzip.CopyTo(plain);
            return plain.ToArray();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
