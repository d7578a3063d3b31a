using System.Buffers.Binary;
using Nabla.Storage;

namespace Nabla;

/// <summary>Reads a safetensors file, and checks everything that the file claims.</summary>
/// <remarks>
/// Lengths, shapes and offsets are compared with the length of the file before anything is allocated for them, and the
/// tensors must cover the data exactly.
/// </remarks>
internal static class SafetensorsReader
{
    /// <summary>What to do about a file that contradicts itself.</summary>
    public const string Damaged = "The file is damaged, or is not a safetensors file. Copy, download or save it again.";

    /// <summary>Reads the whole stream, whose length must be known.</summary>
    /// <param name="stream">The content of the file.</param>
    /// <param name="file">The name of the file in messages.</param>
    /// <exception cref="InvalidDataException">
    /// It is not a safetensors file of float32 values, or is damaged.
    /// </exception>
    public static Safetensors Read(Stream stream, string file)
    {
        if (!stream.CanSeek)
            throw new InvalidDataException(
                $"{file} is a pipe or a device, so its length is not known. Save it to a file first.");
        try
        {
            var json = ReadHeader(stream, file);
            var header = SafetensorsHeader.Parse(file, json);
            header.Entries.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
            var data = sizeof(long) + json.Length;
            CheckCovered(header.Entries, stream.Length - data, file);
            var tensors = header.Entries.Where(entry => !entry.IsCounter);
            return new([.. tensors.Select(entry => ReadTensor(stream, data, entry))], header.Metadata);
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException(
                $"{file} became shorter while it was read. Read it again when no other process writes to it.", e);
        }
    }

    private static byte[] ReadHeader(Stream stream, string file)
    {
        // The length, and the first byte of the header
        Span<byte> start = stackalloc byte[sizeof(long) + 1];
        start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        var length = start.Length < sizeof(long) ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(start);
        var rest = (ulong)Math.Max(0, stream.Length - sizeof(long));
        if (start.Length <= sizeof(long) || length is 0 or > Safetensors.MaxHeaderLength || length > rest
            || start[^1] != '{')
            throw new InvalidDataException($"{file} {Foreign(stream) ?? WrongStart(start, length, stream.Length)}");
        var json = new byte[length];
        json[0] = start[^1];
        stream.ReadExactly(json.AsSpan(1));
        return json;
    }

    private static string? Foreign(Stream stream)
    {
        Span<byte> start = stackalloc byte[StrayFile.Enough];
        stream.Position = 0;
        return ForeignFile.Describe(start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)]);
    }

    private static string WrongStart(ReadOnlySpan<byte> start, ulong headerLength, long fileLength) =>
        start.IsEmpty ? $"is empty. {Damaged}"
        : start.Length <= sizeof(long) ? $"has only {fileLength} bytes, too few for a header. {Damaged}"
        : headerLength == 0 ? $"has a header of 0 bytes, but at least {{}} is expected. {Damaged}"
        : headerLength > Safetensors.MaxHeaderLength
            ? $"claims a header of {headerLength} bytes; {Safetensors.MaxHeaderLength} is the most. {Damaged}"
        : headerLength > (ulong)fileLength - sizeof(long)
            ? $"claims a header of {headerLength} bytes, but {fileLength - sizeof(long)} bytes follow. {Damaged}"
        : $"has a header that starts with byte 0x{start[^1]:X2}, not with '{{'. {Damaged}";

    /// <summary>
    /// Throws unless the sorted tensors cover the data from its first byte to its last, without gap or overlap.
    /// </summary>
    private static void CheckCovered(List<TensorEntry> entries, long dataLength, string file)
    {
        var covered = 0L;
        foreach (var entry in entries)
        {
            var where = $"{file}: tensor {Excerpt.Quoted(entry.Name)}";
            if (entry.End > dataLength)
                throw new InvalidDataException(
                    $"{where} ends at byte {entry.End} of the data, but there are {dataLength} bytes. {Damaged}");
            if (entry.Begin != covered)
                throw new InvalidDataException(
                    $"{where} starts at byte {entry.Begin} of the data, but byte {covered} is expected: there is " +
                    $"{(entry.Begin > covered ? "a gap before it" : "an overlap with another")}. {Damaged}");
            covered = entry.End;
        }
        if (covered != dataLength)
            throw new InvalidDataException(
                $"{file}: the tensors end at byte {covered} of the data, but {dataLength - covered} bytes follow. " +
                $"{Damaged}");
    }

    private static Tensor ReadTensor(Stream stream, long data, TensorEntry entry)
    {
        stream.Position = data + entry.Begin;
        var values = new float[(entry.End - entry.Begin) / sizeof(float)];
        var buffer = new byte[Math.Min(1 << 16, values.Length * (long)sizeof(float))];
        for (var start = 0; start < values.Length;)
        {
            var count = Math.Min(values.Length - start, buffer.Length / sizeof(float));
            stream.ReadExactly(buffer.AsSpan(0, count * sizeof(float)));
            for (var i = 0; i < count; i++)
                values[start + i] = BinaryPrimitives.ReadSingleLittleEndian(buffer.AsSpan(i * sizeof(float)));
            start += count;
        }
        return new(entry.Name, entry.Shape, values);
    }
}
