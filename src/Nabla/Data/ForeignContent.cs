using Nabla.Storage;

namespace Nabla.Data;

/// <summary>Guesses from its first bytes what a file is that is not a valid IDX file.</summary>
internal static class ForeignContent
{
    /// <summary>Returns a sentence about the content, with advice,
    /// from the first <see cref="StrayFile.Enough"/> bytes.</summary>
    public static string Describe(ReadOnlySpan<byte> start) => start switch
    {
        _ when StrayFile.Describe(start) is { } stray => $"It {stray}",
        _ when StrayFile.IsZip(start) => "It is a zip archive: unpack it and give the files in it.",
        [0x1F, 0x8B, ..] => "It was packed with gzip twice: unpack it once with 'gzip -d'.",
        [1 or 3, 8, 0, 0, ..] =>
            "Its bytes are in the opposite order (little-endian), but IDX files are big-endian: write it again.",
        [0, 0, (>= 9 and <= 0x0E) and var type, ..] =>
            $"It is an IDX file whose values are no unsigned bytes (type 0x{type:X2}), "
            + "and only unsigned bytes (type 0x08) are read: convert it.",
        [0, 0, 8, var dimensions, ..] =>
            $"It is an IDX file of {dimensions} dimensions: images have 3 (count, height, width), labels have 1.",
        _ when StrayFile.Quote(start) is { Length: >= 4 } text =>
            $"It is text (it begins '{text}'): give the IDX file itself.",
        _ => "It is not an IDX file, or it is damaged: fetch it again.",
    };
}
