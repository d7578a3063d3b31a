using System.Text.Json;
using System.Text.Unicode;

namespace Nabla;

/// <summary>One tensor in the header. Its bytes are [Begin, End) of the data after the header.</summary>
internal sealed record TensorEntry(string Name, int[] Shape, long Begin, long End)
{
    /// <summary>
    /// Whether it is the number of batches that a PyTorch normalisation has seen, an I64. It is skipped, since only
    /// PyTorch's cumulative averages need it.
    /// </summary>
    public bool IsCounter { get; init; }
}

/// <summary>The header of a safetensors file, checked as far as it can be without the data.</summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The tensors, in the order of the header.</summary>
    public List<TensorEntry> Entries { get; } = [];

    /// <summary>The strings.</summary>
    public Dictionary<string, string> Metadata { get; private set; } = [];

    /// <summary>Reads the JSON.</summary>
    /// <exception cref="InvalidDataException">It is not a valid header.</exception>
    public static SafetensorsHeader Parse(string file, ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
            throw new InvalidDataException($"{file}: the header is not UTF-8 text. {SafetensorsReader.Damaged}");
        try
        {
            var header = new SafetensorsHeader();
            header.Read(new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 3 }), file);
            return header;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(
                $"{file}: the header is wrong: {Excerpt.OfMessage(e)}. {SafetensorsReader.Damaged}", e);
        }
    }

    private void Read(Utf8JsonReader reader, string file)
    {
        var names = new HashSet<string>();
        JsonText.Expect(ref reader, JsonTokenType.StartObject, "an object");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = JsonText.StringOf(ref reader);
            if (!names.Add(name))
                throw new JsonException($"the key {Excerpt.Quoted(name)} occurs twice");
            if (name == Safetensors.MetadataKey)
                Metadata = JsonText.ReadMap(ref reader);
            else
                Entries.Add(ReadEntry(ref reader, name, file));
        }
        reader.Read();                                  // throws if anything but spaces follows
    }

    private static TensorEntry ReadEntry(ref Utf8JsonReader reader, string name, string file)
    {
        string? type = null;
        List<long>? shape = null, offsets = null;
        var where = $"tensor {Excerpt.Quoted(name)}";
        JsonText.Expect(
            ref reader, JsonTokenType.StartObject, $"{where}, an object with dtype, shape and data_offsets,");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            switch (JsonText.StringOf(ref reader))
            {
                case "dtype" when type is null:
                    JsonText.Expect(ref reader, JsonTokenType.String, $"the dtype of {where}, a string,");
                    type = JsonText.StringOf(ref reader);
                    break;
                case "shape" when shape is null:
                    shape = WholeNumbers(ref reader, $"the shape of {where}");
                    break;
                case "data_offsets" when offsets is null:
                    offsets = WholeNumbers(ref reader, $"the data_offsets of {where}");
                    break;
                case var key:
                    throw new JsonException(
                        $"{where} has the key {Excerpt.Quoted(key)}, but dtype, shape and data_offsets are expected, " +
                        "once each");
            }
        if (type is null || shape is null || offsets is null)
            throw new JsonException(
                $"{where} has no {(type is null ? "dtype" : shape is null ? "shape" : "data_offsets")}");
        var isCounter = type == "I64" && name.Split('.')[^1] == "num_batches_tracked";
        if (type != "F32" && !isCounter)
            throw new InvalidDataException(
                $"{file}: {where} has values of type {Excerpt.Quoted(type)}, but only F32 (float32) can be read. " +
                "Convert the file with Python:\n" +
                "from safetensors.torch import load_file, save_file\n" +
                "save_file({k: v.float() for k, v in load_file(\"OLD.safetensors\").items()}, \"NEW.safetensors\")");
        var bytes = isCounter ? sizeof(long) : sizeof(float);
        return Checked(name, shape, offsets, bytes, where) with { IsCounter = isCounter };
    }

    private static TensorEntry Checked(string name, List<long> shape, List<long> offsets, int bytes, string where)
    {
        if (shape.FindIndex(size => size is < 0 or > int.MaxValue) is var d and >= 0)
            throw new JsonException(
                $"{where} has the size {shape[d]} in its shape, but a size is from 0 to {int.MaxValue}");
        int[] sizes = [.. shape.Select(size => (int)size)];
        if (offsets is not [var begin, var end] || begin < 0 || end < begin)
            throw new JsonException(
                $"{where} has the data_offsets [{string.Join(", ", offsets.Take(4))}], but two are expected, the " +
                "first at " +
                "least 0, the second not below it");
        if (Tensor.CountOf(sizes) is not { } count || count > long.MaxValue / bytes)
            throw new JsonException($"{where} has the shape {Tensor.ShapeText(sizes)}, whose product overflows");
        if (count * bytes != end - begin)
            throw new JsonException(
                $"{where} has the shape {Tensor.ShapeText(sizes)}, which takes {count * bytes} bytes, but its " +
                "data_offsets " +
                $"give it {end - begin}");
        if (count > Array.MaxLength)
            throw new JsonException($"{where} has {count} values, but at most {Array.MaxLength} can be read");
        return new(name, sizes, begin, end);
    }

    private static List<long> WholeNumbers(ref Utf8JsonReader reader, string what)
    {
        var numbers = new List<long>();
        JsonText.Expect(ref reader, JsonTokenType.StartArray, $"{what}, a list,");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            numbers.Add(reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number)
                ? number
                : throw new JsonException(
                    $"{what} must be whole numbers from 0 to {long.MaxValue}, but something else is among them"));
        return numbers;
    }
}
