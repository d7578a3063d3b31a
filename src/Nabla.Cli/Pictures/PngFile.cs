using System.Buffers.Binary;
using System.IO.Compression;
using Nabla.Data;

namespace Nabla.Cli;

/// <summary>
/// Reads PNG files as grey-scale images (W3C, <i>Portable Network Graphics</i>, third edition): all colour types, bit
/// depths and interlacing.
/// </summary>
internal sealed class PngFile
{
    private const int MaxPixels = 100_000_000;
    // Bytes that one byte can unpack to: a short file cannot promise much
    private const long MostUnpacked = 1032;
    private const int Grey = 0, Rgb = 2, Palette = 3, GreyAlpha = 4, RgbAlpha = 6;

    // Adam7: the first row and column of each pass, and the steps between them.
    private static readonly (int Y, int X, int StepY, int StepX)[] interlaced =
        [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)];
    private static readonly (int Y, int X, int StepY, int StepX)[] wholeImage = [(0, 0, 1, 1)];

    private readonly int height, width, depth, colour, samples;
    private readonly byte[] palette, transparency;
    private readonly byte[] luminance, alpha;

    private PngFile(ReadOnlySpan<byte> header, byte[] palette, byte[] transparency, long packed)
    {
        width = BinaryPrimitives.ReadInt32BigEndian(header);
        height = BinaryPrimitives.ReadInt32BigEndian(header[4..]);
        (depth, colour) = (header[8], header[9]);
        (this.palette, this.transparency) = (palette, transparency);
        samples = colour switch { Grey or Palette => 1, GreyAlpha => 2, Rgb => 3, RgbAlpha => 4, _ => 0 };
        var deep = depth is 8 or 16 && (colour != Palette || depth == 8);
        var shallow = depth is 1 or 2 or 4 && samples == 1;
        if (samples == 0 || !(deep || shallow) || (colour == Palette && palette.Length == 0))
            throw Damaged($"colour type {colour} with {depth} bits does not exist or lacks its palette");
        if (width <= 0 || height <= 0 || (long)width * height > MaxPixels)
            throw new InvalidDataException(
                $"its header promises {height} × {width} pixels, but only 1 to {MaxPixels:N0} in all can be read. " +
                "Make it smaller");
        if ((long)width * height * samples * depth / 8 > MostUnpacked * packed)
            throw Damaged($"it is cut short: {packed} packed bytes cannot hold {height} × {width} pixels");
        luminance = new byte[width * height];
        alpha = new byte[width * height];
    }

    public static bool IsPng(ReadOnlySpan<byte> start) =>
        start.StartsWith((ReadOnlySpan<byte>)[0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n']);

    /// <summary>
    /// The pixels, 0 black to 255 white. Transparent parts become black or white, whichever contrasts more.
    /// </summary>
    /// <exception cref="InvalidDataException">The file is damaged; the message completes “FILE: …”.</exception>
    public static (byte[] Pixels, ImageSize Size) Read(byte[] file)
    {
        byte[] header = [], palette = [], transparency = [];
        using var packed = new MemoryStream();
        for (var at = 8; at + 12 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
            if (length > file.Length - at - 12)
                throw Damaged("it is cut short");
            var data = file.AsSpan(at + 8, (int)length);
            switch (System.Text.Encoding.ASCII.GetString(file, at + 4, 4))
            {
                case "IHDR": header = data.ToArray(); break;
                case "PLTE": palette = data.ToArray(); break;
                case "tRNS": transparency = data.ToArray(); break;
                case "IDAT": packed.Write(data); break;
            }
            at += 12 + (int)length;
        }
        if (header.Length != 13)
            throw Damaged("it has no header");
        var png = new PngFile(header, palette, transparency, packed.Length);
        packed.Position = 0;
        using var unpacked = new ZLibStream(packed, CompressionMode.Decompress);
        try
        {
            foreach (var pass in header[12] == 1 ? interlaced : wholeImage)
                png.ReadPass(unpacked, pass);
        }
        catch (IOException)                                 // from zlib, for example for data packed with a dictionary
        {
            throw Damaged("its pixels cannot be unpacked");
        }
        return (png.Composed(), new(png.height, png.width));
    }

    private void ReadPass(Stream rows, (int Y, int X, int StepY, int StepX) pass)
    {
        var columns = (width - pass.X + pass.StepX - 1) / pass.StepX;
        if (columns <= 0)
            return;
        var bytes = (int)(((long)columns * samples * depth + 7) / 8);
        byte[] row = new byte[bytes + 1], above = new byte[bytes + 1];
        for (var y = pass.Y; y < height; y += pass.StepY)
        {
            if (rows.ReadAtLeast(row, row.Length, throwOnEndOfStream: false) < row.Length)
                throw Damaged("its pixels are cut short");
            Unfilter(row, above, Math.Max(1, samples * depth / 8));
            for (var column = 0; column < columns; column++)
                Set(y * width + pass.X + column * pass.StepX, row.AsSpan(1), column);
            (row, above) = (above, row);
        }
    }

    /// <summary>
    /// Undoes the filter of a row. Each byte was stored as its difference from a prediction: the byte to the left, the
    /// one above, their mean, or the one closest to left + above − corner (Paeth).
    /// </summary>
    private static void Unfilter(byte[] row, byte[] above, int distance)
    {
        for (var i = 1; i < row.Length; i++)
        {
            int left = i > distance ? row[i - distance] : 0, up = above[i];
            var corner = i > distance ? above[i - distance] : 0;
            var guess = left + up - corner;
            int toLeft = Math.Abs(guess - left), toUp = Math.Abs(guess - up), toCorner = Math.Abs(guess - corner);
            row[i] += row[0] switch
            {
                0 => 0,
                1 => (byte)left,
                2 => (byte)up,
                3 => (byte)((left + up) / 2),
                4 => (byte)(toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner),
                _ => throw Damaged($"there is no row filter {row[0]}"),
            };
        }
    }

    private void Set(int pixel, ReadOnlySpan<byte> row, int column)
    {
        var first = column * samples;
        alpha[pixel] = 255;
        if (colour == Palette)
        {
            var entry = Raw(row, first);
            if (entry * 3 + 2 >= palette.Length)
                throw Damaged($"colour {entry} is not in its palette of {palette.Length / 3}");
            luminance[pixel] = Luminance(palette[entry * 3], palette[entry * 3 + 1], palette[entry * 3 + 2]);
            alpha[pixel] = entry < transparency.Length ? transparency[entry] : (byte)255;
            return;
        }
        luminance[pixel] = samples < 3
            ? Scaled(row, first)
            : Luminance(Scaled(row, first), Scaled(row, first + 1), Scaled(row, first + 2));
        if (samples is 2 or 4)
            alpha[pixel] = Scaled(row, first + samples - 1);
    }

    private int Raw(ReadOnlySpan<byte> row, int sample) => depth >= 8
        ? row[sample * depth / 8]                       // the higher 8 of 16 bits
        : (row[sample * depth / 8] >> (8 - depth - sample * depth % 8)) & ((1 << depth) - 1);

    private byte Scaled(ReadOnlySpan<byte> row, int sample) =>
        (byte)(depth >= 8 ? Raw(row, sample) : Raw(row, sample) * 255 / ((1 << depth) - 1));

    private static byte Luminance(int red, int green, int blue) =>
        (byte)((299 * red + 587 * green + 114 * blue + 500) / 1000);                // ITU-R BT.601

    private byte[] Composed()
    {
        long weight = 0, sum = 0;
        for (var i = 0; i < alpha.Length; i++)
            (weight, sum) = (weight + alpha[i], sum + alpha[i] * luminance[i]);
        var behind = sum < 128 * weight ? 255 : 0;
        return [.. luminance.Select((light, i) => (byte)((light * alpha[i] + behind * (255 - alpha[i]) + 127) / 255))];
    }

    private static InvalidDataException Damaged(string how) => new(
        $"the PNG file is damaged: {how}. Save or fetch it again");
}
