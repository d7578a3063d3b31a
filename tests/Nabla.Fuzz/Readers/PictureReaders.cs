using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Nabla.Cli;
using Nabla.Data;

namespace Nabla.Fuzz.Readers;

/// <summary>Pictures, as <c>nabla predict</c> reads them and fits them to the images of a network.</summary>
internal abstract class PictureReader(string name, string folder) : FuzzedReader(name)
{
    private const int MostFitted = 1 << 16;             // pixels; fitting larger pictures takes long and is not fuzzed

    private readonly string path = Path.Combine(folder, "input." + name);

    public override void Read(byte[] input)
    {
        File.WriteAllBytes(path, input);
        foreach (var picture in InputPicture.ReadAll(path))
        {
            Promise(
                picture.Pixels.Length == (long)picture.Size.Height * picture.Size.Width,
                "the number of pixels is wrong");
            if (picture.Pixels.Length <= MostFitted)
                Fit(picture);
        }
    }

    public override bool Refuses(Exception e) => e is InvalidDataException;

    private static void Fit(InputPicture picture)
    {
        try
        {
            Promise(picture.Fit(new ImageSize(28, 28)).Pixels.Length == 784, "the fitted picture has another size");
        }
        catch (InvalidDataException)
        {
            // The picture is blank, but it was read.
        }
    }

    /// <summary>What a picture of the largest size takes that the input can hold, and to fit it.</summary>
    public override long MemoryFor(byte[] input) => base.MemoryFor(input) + (16L << 20);
}

/// <summary>PNG files: chunks with a length and a kind; in them a header, a palette, and packed rows.</summary>
internal sealed class PngReader(string folder) : PictureReader("png", folder)
{
    private const int MostUnpacked = 1032;              // bytes that deflate makes of one, each up to 8 pixels
    private static readonly string[] kinds = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND", "gAMA", "\0\0\0\0"];

    public override IReadOnlyList<byte[]> Valid { get; } =
        [Picture(8, 0), Picture(8, 6), Picture(1, 0), Picture(4, 3), Picture(16, 2), Picture(8, 4, interlaced: true)];

    public override long MemoryFor(byte[] input) => base.MemoryFor(input) + 4L * 8 * MostUnpacked * input.Length;

    public override byte[] Mutate(byte[] input, RandomGenerator random)
    {
        var chunks = Chunks(input);
        if (chunks.Count == 0)
            return input;
        var at = random.NextInt(chunks.Count);
        var (kind, data) = chunks[at];
        switch (random.NextInt(6))
        {
            case 0:
                chunks.RemoveAt(at);
                break;
            case 1:
                chunks.Insert(random.NextInt(chunks.Count), (kind, data));
                break;
            case 2:
                chunks[at] = (kinds[random.NextInt(kinds.Length)], data);
                break;
            case 3 when kind == "IHDR" && data.Length == 13:
                chunks[at] = (kind, random.NextInt(2) == 0
                    ? ByteMutation.Put(data, 4 * random.NextInt(2), 4, bigEndian: true, random)
                    :
                    [
                        .. data[..8], (byte)(1 << random.NextInt(5)), (byte)random.NextInt(7), 0, 0,
                        (byte)random.NextInt(2),
                    ]);
                break;
            case 4 when kind == "IDAT":
                chunks[at] = (kind, Pack(ByteMutation.Of(Unpack(data), random)));
                break;
            default:
                chunks[at] = (kind, ByteMutation.Of(data, random));
                break;
        }
        var file = File(chunks);
        return random.NextInt(10) == 0
            ? ByteMutation.Put(file, 8, 4, bigEndian: true, random)                     // the length of the first chunk
            : file;
    }

    private static byte[] Picture(int depth, int colour, bool interlaced = false)
    {
        const int side = 5;
        var samples = colour switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
        var header = new byte[13];
        (header[3], header[7], header[8], header[9]) = (side, side, (byte)depth, (byte)colour);
        header[12] = (byte)(interlaced ? 1 : 0);
        var width = (side * samples * depth + 7) / 8;   // of a row, in bytes
        byte[] rows = interlaced
            ? [.. Enumerable.Range(0, 400).Select(i => (byte)(i % 5))]
            : [.. Enumerable.Range(0, 20).SelectMany(Row)];
        (string, byte[])[] palette = colour == 3
            ? [("PLTE", [.. Enumerable.Range(0, 48).Select(i => (byte)(5 * i))]), ("tRNS", [0, 128])]
            : [];
        return File([("IHDR", header), .. palette, ("IDAT", Pack(rows)), ("IEND", [])]);

        IEnumerable<byte> Row(int y) => [(byte)(y % 5), .. Enumerable.Range(0, width).Select(i => (byte)(i * 50 + y))];
    }

    private static byte[] File(List<(string Kind, byte[] Data)> chunks)
    {
        List<byte> file = [0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n'];
        var length = new byte[4];
        foreach (var (kind, data) in chunks)
        {
            BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
            // No checksum is read
            file.AddRange([.. length, .. Encoding.ASCII.GetBytes(kind), .. data, 0, 0, 0, 0]);
        }
        return [.. file];
    }

    private static List<(string Kind, byte[] Data)> Chunks(byte[] file)
    {
        var chunks = new List<(string, byte[])>();
        for (var at = 8; at + 12 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
            if (length > file.Length - at - 12)
                break;
            chunks.Add((Encoding.ASCII.GetString(file, at + 4, 4), file[(at + 8)..(at + 8 + (int)length)]));
            at += 12 + (int)length;
        }
        return chunks;
    }

    private static byte[] Pack(byte[] rows)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            zlib.Write(rows);
        return packed.ToArray();
    }

    private static byte[] Unpack(byte[] packed)
    {
        using var rows = new MemoryStream();
        try
        {
            using var zlib = new ZLibStream(new MemoryStream(packed), CompressionMode.Decompress);
            zlib.CopyTo(rows);
        }
        catch (InvalidDataException)
        {
            // The rows before the error are enough.
        }
        return rows.ToArray();
    }
}

/// <summary>PGM files, as text and binary: a header of three numbers, and pixels.</summary>
internal sealed class PgmReader(string folder) : PictureReader("pgm", folder)
{
    public override IReadOnlyList<byte[]> Valid { get; } =
    [
        "P2 # a comment\n3 2\n15\n0 15 3\n7 8 9\n"u8.ToArray(),
        [.. "P5\n4 3\n255\n"u8, .. Enumerable.Range(0, 12).Select(i => (byte)(20 * i))],
        [.. "P5 2 2 65535\n"u8, .. Enumerable.Range(0, 8).Select(i => (byte)(30 * i))],
    ];

    public override byte[] Mutate(byte[] input, RandomGenerator random) =>
        Encoding.Latin1.GetBytes(
            TextMutation.Of(Encoding.Latin1.GetString(input), random, "P2", "P5", "P6", "#", "\n", "255"));
}
