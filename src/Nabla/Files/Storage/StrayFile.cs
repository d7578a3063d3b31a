using System.Text;

namespace Nabla.Storage;

/// <summary>Recognises, by their first bytes, files that are often found in place of any other file.</summary>
internal static class StrayFile
{
    /// <summary>The number of bytes from the beginning that are enough.</summary>
    public const int Enough = 64;

    /// <summary>
    /// What the file is instead and what to do, to follow the file's name or “It”; null if it is neither a web page nor
    /// a Git LFS pointer.
    /// </summary>
    public static string? Describe(ReadOnlySpan<byte> start) => Text(start) switch
    {
        [(byte)'<', (>= (byte)'A' and <= (byte)'Z') or (>= (byte)'a' and <= (byte)'z') or (byte)'!' or (byte)'?', ..] =>
            $"is a web page or XML (it begins '{Quote(start)}'), probably an error message saved in place of the " +
            "file: fetch it again.",
        var text when text.StartsWith("version https://git-lfs"u8) =>
            "is a Git LFS pointer, not the file itself: fetch the file with 'git lfs pull'.",
        _ => null,
    };

    /// <summary>Whether it is a zip archive; what to do about one depends on what is expected.</summary>
    public static bool IsZip(ReadOnlySpan<byte> start) => start.StartsWith("PK\x03\x04"u8);

    /// <summary>Whether all of the first 8 bytes are printable ASCII or white space.</summary>
    public static bool IsText(ReadOnlySpan<byte> start)
    {
        var first = start is [0xEF, 0xBB, 0xBF, ..] ? start[3..] : start;
        first = first[..Math.Min(8, first.Length)];
        foreach (var letter in first)
            if (letter is not ((>= (byte)' ' and <= (byte)'~') or (byte)'\t' or (byte)'\r' or (byte)'\n'))
                return false;
        return first.Length >= 4;                       // fewer could be the beginning of anything
    }

    /// <summary>
    /// The printable text at the beginning of the file, at most 24 characters; empty if there is none.
    /// </summary>
    public static string Quote(ReadOnlySpan<byte> start)
    {
        var text = Text(start);
        var other = text.IndexOfAnyExceptInRange((byte)' ', (byte)'~');
        return Encoding.ASCII.GetString(text[..Math.Min(24, other < 0 ? text.Length : other)]).TrimEnd();
    }

    /// <summary>The bytes after a byte-order mark and leading white space.</summary>
    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> start) =>
        (start is [0xEF, 0xBB, 0xBF, ..] ? start[3..] : start).TrimStart(" \t\r\n"u8);
}
