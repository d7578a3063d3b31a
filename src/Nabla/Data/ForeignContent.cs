namespace Nabla.Data;

/// <summary>Says what a file that is not what it should be probably is, from how it begins.</summary>
internal static class ForeignContent
{
    /// <summary>How many bytes of the beginning are enough.</summary>
    public const int Enough = 64;

    /// <summary>A sentence about the content, with what to do.</summary>
    public static string Describe(ReadOnlySpan<byte> start)
    {
        var text = start.StartsWith((byte[])[0xEF, 0xBB, 0xBF]) ? start[3..] : start;      // a byte-order mark
        text = text.TrimStart(" \t\r\n"u8);
        return start switch
        {
            _ when text.StartsWith("<"u8) =>
                $"It is a web page or XML (it begins '{Quote(text)}'), probably an error message saved in place of the data: fetch it again.",
            _ when text.StartsWith("version https://git-lfs"u8) =>
                "It is a Git LFS pointer, not the data itself: fetch the data with 'git lfs pull'.",
            [(byte)'P', (byte)'K', 3, 4, ..] => "It is a zip archive: unpack it and give the files in it.",
            [0x1F, 0x8B, ..] => "It was packed with gzip twice: unpack it once with 'gzip -d'.",
            [1 or 3, 8, 0, 0, ..] => "Its bytes are in the opposite order (little-endian), but IDX files are big-endian: write it anew.",
            [0, 0, (>= 9 and <= 0x0E) and var type, ..] =>
                $"It is an IDX file whose values are no unsigned bytes (type 0x{type:X2}), and only unsigned bytes (type 0x08) are read: convert it.",
            [0, 0, 8, var dimensions, ..] => $"It is an IDX file of {dimensions} dimensions: images have 3 (count, height, width), labels have 1.",
            _ when Printable(text) >= 4 => $"It is text (it begins '{Quote(text)}'): give the IDX file itself.",
            _ => "It is no IDX file, or it is damaged: fetch it again.",
        };
    }

    private static string Quote(ReadOnlySpan<byte> text) =>
        System.Text.Encoding.ASCII.GetString(text[..Math.Min(24, Printable(text))]).TrimEnd();

    private static int Printable(ReadOnlySpan<byte> bytes)
    {
        var other = bytes.IndexOfAnyExceptInRange((byte)' ', (byte)'~');
        return other < 0 ? bytes.Length : other;
    }
}
