using Nabla.Data;

namespace Nabla.Cli;

/// <summary>Reads PGM files (Netpbm), as text (P2) or binary (P5).</summary>
internal static class PgmFile
{
    private const int MaxPixels = 100_000_000;

    public static bool IsPgm(ReadOnlySpan<byte> start) => start is
        [(byte)'P', (byte)'2' or (byte)'5', (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' or (byte)'#', ..];

    /// <summary>The pixels, 0 black to 255 white.</summary>
    /// <exception cref="InvalidDataException">The file is damaged; the message completes “FILE: …”.</exception>
    public static (byte[] Pixels, ImageSize Size) Read(ReadOnlySpan<byte> file)
    {
        var at = 2;
        int width = Number(file, ref at, "width"), height = Number(file, ref at, "height");
        var white = Number(file, ref at, "brightest value");
        if (width <= 0 || height <= 0 || (long)width * height > MaxPixels)
            throw new InvalidDataException(
                $"its header promises {height} × {width} pixels, but only 1 to {MaxPixels:N0} in all can be read. " +
                "Make it smaller");
        if (white is < 1 or > 65535)
            throw new InvalidDataException(
                $"its brightest value is {white}, but must be from 1 to 65535. Save it again");
        var binary = file[1] == '5';
        var bytes = white > 255 ? 2 : 1;
        var needed = (long)width * height * bytes;
        if (binary && file.Length - at - 1 < needed)
            throw new InvalidDataException(
                $"it is cut short: {height} × {width} pixels need {needed} bytes, but " +
                $"{Math.Max(0, file.Length - at - 1)} follow the header. Fetch it again");
        if (!binary && file.Length - at < (long)width * height)
            throw new InvalidDataException(
                $"it is cut short: it is too short for {height} × {width} pixels. Fetch it again");
        var pixels = new byte[width * height];
        at += binary ? 1 : 0;                           // one white space ends the header
        for (var i = 0; i < pixels.Length; i++)
        {
            var value = !binary ? Number(file, ref at, $"pixel {i}")
                : bytes == 1 ? file[at + i]
                : file[at + 2 * i] << 8 | file[at + 2 * i + 1];
            pixels[i] = (byte)((Math.Min(value, white) * 255L + white / 2) / white);
        }
        return (pixels, new(height, width));
    }

    private static int Number(ReadOnlySpan<byte> file, ref int at, string what)
    {
        while (at < file.Length && (file[at] is (byte)'#' || char.IsWhiteSpace((char)file[at])))
            if (file[at] == '#')
                while (at < file.Length && file[at] is not ((byte)'\n' or (byte)'\r'))
                    at++;
            else
                at++;
        var start = at;
        var number = 0;
        while (at < file.Length && char.IsAsciiDigit((char)file[at]) && number < 100_000_000)
            number = number * 10 + file[at++] - '0';
        return at > start
            ? number
            : throw new InvalidDataException(
                $"the PGM file is damaged: its {what} is not a number. Save or fetch it again");
    }
}
