using Nabla.Data;
using Nabla.Storage;

namespace Nabla.Cli;

/// <summary>A picture from a file.</summary>
/// <param name="File">The file.</param>
/// <param name="Number">The number of the image in the file, from 0; null if the file has only one.</param>
/// <param name="Pixels">Row by row, 0 to 255.</param>
/// <param name="Size">The size.</param>
internal sealed record InputPicture(string File, int? Number, byte[] Pixels, ImageSize Size)
{
    private const string Readable = "Only PNG, PGM and IDX files can be read";

    /// <summary>All pictures of a file.</summary>
    /// <exception cref="InvalidDataException">The file cannot be read as pictures; the message names it.</exception>
    /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
    public static IEnumerable<InputPicture> ReadAll(string file)
    {
        var start = Start(file);
        if (start is [0, 0, ..] or [0x1F, 0x8B, ..])
            return ReadIdx(file);
        var read = PngFile.IsPng(start) ? PngFile.Read
            : PgmFile.IsPgm(start) ? bytes => PgmFile.Read(bytes)
            : (Func<byte[], (byte[], ImageSize)>?)null;
        try
        {
            if (read is null)
                throw new InvalidDataException(Describe(start));
            var (pixels, size) = read(System.IO.File.ReadAllBytes(file));
            return [new(file, null, pixels, size)];
        }
        catch (InvalidDataException e)                  // also from the unpacking of a PNG file
        {
            throw new InvalidDataException($"{file}: {e.Message.TrimEnd('.')}.", e);
        }
    }

    /// <summary>The picture as the image that the network takes.</summary>
    public FittedImage Fit(ImageSize target)
    {
        try
        {
            return FittedImage.From(Pixels, Size, target);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException(
                $"{File}{(Number is { } number ? $", image {number}" : "")}: {e.Message}", e);
        }
    }

    private static IEnumerable<InputPicture> ReadIdx(string file)
    {
        var (pixels, size) = IdxFile.ReadImages(file);
        for (var i = 0; i < pixels.Length / size.Pixels; i++)
            yield return new(file, i, pixels[(i * size.Pixels)..((i + 1) * size.Pixels)], size);
    }

    private static byte[] Start(string file)
    {
        using var stream = OrdinaryFile.Open(file);
        var start = new byte[16];
        return start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
    }

    private static string Describe(ReadOnlySpan<byte> start)
    {
        var kind = start switch
        {
            [0xFF, 0xD8, 0xFF, ..] => "it is a JPEG image",
            [(byte)'G', (byte)'I', (byte)'F', ..] => "it is a GIF image",
            [(byte)'B', (byte)'M', ..] => "it is a BMP image",
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', ..] => "it is a WebP image",
            [(byte)'I', (byte)'I', (byte)'*', 0, ..] => "it is a TIFF image",
            [(byte)'M', (byte)'M', 0, (byte)'*', ..] => "it is a TIFF image",
            [(byte)'%', (byte)'P', (byte)'D', (byte)'F', ..] => "it is a PDF document",
            [(byte)'P', >= (byte)'1' and <= (byte)'7', ..] => "it is a Netpbm image, but not a PGM",
            [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] => "it is a HEIF or AVIF image, or a video",
            _ => "it is not a known kind of picture",
        };
        return $"{kind}. {Readable}. Convert it, for example with 'magick FILE FILE.png'";
    }
}
