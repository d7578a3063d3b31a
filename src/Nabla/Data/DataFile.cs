using System.Buffers.Binary;
using System.IO.Compression;
using Nabla.Storage;

namespace Nabla.Data;

/// <summary>
/// An untrusted data file, plain or compressed with gzip, read from beginning to end. Its first bytes, not its name,
/// decide whether it is compressed.
/// </summary>
/// <remarks>
/// Every failure is an <see cref="InvalidDataException"/> that names the file. <see cref="GZipStream"/> checks the
/// CRC-32, but it treats a truncated file as one that ends there, and it ignores whatever follows a complete one. So
/// this class compares the length in the last four bytes (ISIZE, RFC 1952) with the number of bytes it unpacked.
/// </remarks>
internal sealed class DataFile : IDisposable
{
    private const int SmallestGzip = 18;                // a header of 10 bytes and a trailer of 8
    private readonly Stream stream;
    private readonly long sizeOnDisk;
    private readonly uint? statedSize;                  // from the gzip trailer: the unpacked size modulo 2³²
    private long position;                              // the number of unpacked bytes read so far

    private DataFile(string path, FileStream file)
    {
        Path = path;
        sizeOnDisk = file.Length;
        Span<byte> four = stackalloc byte[4];
        var isGzip = file.ReadAtLeast(four, 2, throwOnEndOfStream: false) >= 2 && four[0] == 0x1F && four[1] == 0x8B;
        if (isGzip)
        {
            if (sizeOnDisk < SmallestGzip)
                throw CutShort(sizeOnDisk);
            file.Position = sizeOnDisk - 4;
            file.ReadExactly(four);
            statedSize = BinaryPrimitives.ReadUInt32LittleEndian(four);
        }
        file.Position = 0;
        stream = isGzip ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    /// <summary>The file's path.</summary>
    public string Path { get; }

    /// <summary>Opens a file, which must be an ordinary one.</summary>
    public static DataFile Open(string path)
    {
        FileStream? file = null;
        try
        {
            file = OrdinaryFile.Open(path);
            return new DataFile(path, file);
        }
        catch (Exception e)
        {
            file?.Dispose();
            if (e is FileNotFoundException)
                throw new InvalidDataException(e.Message, e);
            if (e is IOException or UnauthorizedAccessException)
                throw new InvalidDataException($"{path} cannot be read: {e.Message}", e);
            throw;
        }
    }

    /// <summary>Reads until the span is full or the data ends, and returns the number of bytes read.</summary>
    public int Read(Span<byte> into)
    {
        var count = Guard(into);
        position += count;
        if (count < into.Length && statedSize is { } stated && stated != (uint)position)
            throw CutShort(position);
        return count;
    }

    /// <summary>Reads the rest of the data, which must have exactly this length.
    /// Memory grows with the data that arrives, not with the length that the header promises.</summary>
    /// <param name="length">The number of bytes that must be left.</param>
    /// <param name="promise">What the header promises, for example "6 images of 28 × 28".</param>
    public byte[] ReadRest(int length, string promise)
    {
        var expected = position + length;
        if (statedSize is null && sizeOnDisk != expected)
            throw WrongLength(promise, expected, $"it has {sizeOnDisk}");
        var rest = new byte[Math.Min(length, Math.Max(1 << 16, 8 * sizeOnDisk))];
        for (var filled = 0; ;)
        {
            filled += Read(rest.AsSpan(filled));
            if (filled < rest.Length)
                throw WrongLength(promise, expected, $"it has {position}");
            if (filled == length)
                break;
            Array.Resize(ref rest, (int)Math.Min(length, 2L * rest.Length));
        }
        return Read(stackalloc byte[1]) == 0 ? rest : throw WrongLength(promise, expected, "it goes on after them");
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    private int Guard(Span<byte> into)
    {
        try
        {
            return stream.ReadAtLeast(into, into.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException(
                $"{Path} is damaged: its gzip checksum (CRC-32) or its packed data is wrong. Fetch it again.", e);
        }
        catch (IOException e)
        {
            throw new InvalidDataException($"{Path} cannot be read: {e.Message}", e);
        }
    }

    private InvalidDataException CutShort(long found)
    {
        var expected = statedSize is { } stated
            ? $"but its last four bytes state {stated}."
            : $"but the gzip format takes at least {SmallestGzip}.";
        return new(
            $"{Path} is cut short, or something follows its end: {found} bytes came out of the gzip data, {expected} "
            + "Fetch it again.");
    }

    private InvalidDataException WrongLength(string promise, long expected, string found) => new(
        $"{Path}: its header promises {promise}, which is {expected} bytes in all"
        + $"{(statedSize is null ? "" : " when unpacked")}, but {found}. "
        + "It is cut short or does not match its header: fetch it again.");
}
