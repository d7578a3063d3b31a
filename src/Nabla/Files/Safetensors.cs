using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Nabla.Storage;

namespace Nabla;

/// <summary>
/// The content of a safetensors file: named tensors of float32 values, and strings that describe them. Python's
/// <c>safetensors</c> reads and writes the same files.
/// </summary>
/// <remarks>
/// The format: 8 bytes, little-endian, with the length of the header; the header, JSON with the type, shape and byte
/// range of each tensor, padded with spaces; then the values, tensor after tensor, without a gap. Unlike a pickle, it
/// holds nothing that is ever executed. See https://github.com/huggingface/safetensors.
/// </remarks>
public sealed class Safetensors
{
    /// <summary>The longest header, in bytes: 100 MB, as in the reference implementation.</summary>
    internal const int MaxHeaderLength = 100_000_000;

    /// <summary>The key of the header under which the strings stand.</summary>
    internal const string MetadataKey = "__metadata__";

    /// <summary>Combines tensors and strings; nothing is copied.</summary>
    /// <param name="tensors">The tensors, in the order of the file.</param>
    /// <param name="metadata">Strings that describe the tensors. Write structure as JSON text.</param>
    /// <exception cref="ArgumentException">
    /// Two tensors have the same name, or one has a name that the format reserves.
    /// </exception>
    public Safetensors(IReadOnlyList<Tensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(metadata);
        var names = new HashSet<string> { MetadataKey };
        foreach (var tensor in tensors)
            if (!names.Add(tensor.Name))
                throw new ArgumentException(
                    $"The name '{tensor.Name}' is taken: each tensor of a file needs its own name.", nameof(tensors));
        Tensors = tensors;
        Metadata = metadata;
    }

    /// <summary>The tensors, in the order of the file.</summary>
    public IReadOnlyList<Tensor> Tensors { get; }

    /// <summary>The strings.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>
    /// Reads a whole file. Whatever the file claims, this takes no more memory than the file is long.
    /// </summary>
    /// <exception cref="InvalidDataException">
    /// It is not a safetensors file of float32 values, or is damaged; the message says where and what to do.
    /// </exception>
    /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
    public static Safetensors Load(string path)
    {
        using var stream = OrdinaryFile.Open(path);
        return SafetensorsReader.Read(stream, path);
    }

    /// <summary>Reads a whole stream, such as an embedded resource.</summary>
    /// <param name="stream">The bytes of a file. It must be seekable.</param>
    /// <param name="name">The name of the stream in messages.</param>
    /// <exception cref="InvalidDataException">
    /// It is not a safetensors file of float32 values, or is damaged; the message says where and what to do.
    /// </exception>
    public static Safetensors Load(Stream stream, string name = "The stream")
    {
        ArgumentNullException.ThrowIfNull(stream);
        return SafetensorsReader.Read(stream, name);
    }

    /// <summary>
    /// Writes a file, whole or not at all: after a failure, the old file is unchanged. The same content gives the same
    /// bytes.
    /// </summary>
    /// <exception cref="IOException">The file cannot be written. The old file is unchanged.</exception>
    /// <exception cref="InvalidOperationException">Names and metadata are longer than the format allows.</exception>
    public void Save(string path)
    {
        var header = Header();
        AtomicFile.Write(path, stream => Write(stream, header));
    }

    /// <summary>Writes the content to a stream: the bytes of a file.</summary>
    /// <exception cref="IOException">The stream cannot be written to.</exception>
    /// <exception cref="InvalidOperationException">Names and metadata are longer than the format allows.</exception>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Write(stream, Header());
    }

    private void Write(Stream stream, ReadOnlySpan<byte> header)
    {
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        var buffer = new byte[1 << 16];
        foreach (var tensor in Tensors)
            for (var values = tensor.Values.Span; !values.IsEmpty;)
            {
                var count = Math.Min(values.Length, buffer.Length / sizeof(float));
                for (var i = 0; i < count; i++)
                    BinaryPrimitives.WriteSingleLittleEndian(buffer.AsSpan(i * sizeof(float)), values[i]);
                stream.Write(buffer.AsSpan(0, count * sizeof(float)));
                values = values[count..];
            }
    }

    /// <summary>The header, padded with spaces so that the values start at a multiple of 8.</summary>
    private byte[] Header()
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, JsonText.WriterOptions))
        {
            writer.WriteStartObject();
            if (Metadata.Count > 0)
            {
                writer.WritePropertyName(MetadataKey);
                JsonText.WriteMap(writer, Metadata);
            }
            var offset = 0L;
            foreach (var tensor in Tensors)
                WriteEntry(writer, tensor, ref offset);
            writer.WriteEndObject();
        }
        while (json.WrittenCount % 8 != 0)
            json.Write(" "u8);
        return json.WrittenCount <= MaxHeaderLength
            ? json.WrittenSpan.ToArray()
            : throw new InvalidOperationException(
                $"The names and metadata take {json.WrittenCount:N0} bytes, but the header of a safetensors file " +
                "has at " +
                $"most {MaxHeaderLength:N0}. Shorten the metadata.");
    }

    private static void WriteEntry(Utf8JsonWriter writer, Tensor tensor, ref long offset)
    {
        writer.WriteStartObject(tensor.Name);
        writer.WriteString("dtype", "F32");
        writer.WriteStartArray("shape");
        foreach (var size in tensor.Shape)
            writer.WriteNumberValue(size);
        writer.WriteEndArray();
        writer.WriteStartArray("data_offsets");
        writer.WriteNumberValue(offset);
        writer.WriteNumberValue(offset += (long)tensor.Values.Length * sizeof(float));
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
