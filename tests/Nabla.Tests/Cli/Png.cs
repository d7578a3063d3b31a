using System.Buffers.Binary;
using System.IO.Compression;

namespace Nabla.Tests.Cli;

/// <summary>Writes PNG files of every kind.</summary>
internal static class Png
{
    /// <summary>A file with the given rows, each with its filter byte in front.</summary>
    public static byte[] File(
        int width, int height, int depth, int colour, IEnumerable<byte[]> rows, bool interlaced = false,
        byte[]? palette = null, byte[]? transparency = null)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = ((byte)depth, (byte)colour, (byte)(interlaced ? 1 : 0));
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            foreach (var row in rows)
                zlib.Write(row);
        return
        [
            0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n', .. Chunk("IHDR", header), .. palette is null
                ? []
                : Chunk("PLTE", palette),
            .. transparency is null
                ? []
                : Chunk("tRNS", transparency), .. Chunk("IDAT", packed.ToArray()), .. Chunk("IEND", []),
        ];
    }

    /// <summary>Grey, 8 bits.</summary>
    public static byte[] Grey(byte[] pixels, int width) =>
        File(width, pixels.Length / width, 8, 0, pixels.Chunk(width).Select(row => (byte[])[0, .. row]));

    private static byte[] Chunk(string kind, byte[] data)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        // The checksum is not read
        return [.. length, .. System.Text.Encoding.ASCII.GetBytes(kind), .. data, 0, 0, 0, 0];
    }
}
