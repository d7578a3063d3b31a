using System.Text.Json;
using System.Text.Unicode;

namespace Nabla;

/// <summary>What the header says of one tensor: its bytes are [Begin, End) of the data that follows the header.</summary>
internal sealed record TensorEntry(string Name, int[] Shape, long Begin, long End)
{
    /// <summary>Whether it is the number of batches that a normalisation of PyTorch has seen, an I64: it is passed over, since only its cumulative averages need it.</summary>
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
    /// <exception cref="InvalidDataException">It is not what a header must be.</exception>
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
            throw new InvalidDataException($"{file}: the header is wrong: {JsonText.Reason(e)}. {SafetensorsReader.Damaged}", e);
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
                throw new JsonException($"the key {JsonText.Quote(name)} stands twice");
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
        var where = $"tensor {JsonText.Quote(name)}";
        JsonText.Expect(ref reader, JsonTokenType.StartObject, $"{where}, an object with dtype, shape and data_offsets,");
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
                    throw new JsonException($"{where} has the key {JsonText.Quote(key)}, but dtype, shape and data_offsets are expected, once each");
            }
        if (type is null || shape is null || offsets is null)
            throw new JsonException($"{where} has no {(type is null ? "dtype" : shape is null ? "shape" : "data_offsets")}");
        var isCounter = type == "I64" && name.Split('.')[^1] == "num_batches_tracked";
        if (type != "F32" && !isCounter)
            throw new InvalidDataException(
                $"{file}: {where} has numbers of type {JsonText.Quote(type)}, but only F32 (float32) is read. Convert the file with Python:\n" +
                "from safetensors.torch import load_file, save_file\n" +
                "save_file({k: v.float() for k, v in load_file(\"OLD.safetensors\").items()}, \"NEW.safetensors\")");
        return Checked(name, shape, offsets, isCounter ? sizeof(long) : sizeof(float), where) with { IsCounter = isCounter };
    }

    private static TensorEntry Checked(string name, List<long> shape, List<long> offsets, int bytes, string where)
    {
        if (shape.FindIndex(size => size is < 0 or > int.MaxValue) is var d and >= 0)
            throw new JsonException($"{where} has the size {shape[d]} in its shape, but 0 to {int.MaxValue} is possible");
        int[] sizes = [.. shape.Select(size => (int)size)];
        if (offsets is not [var begin, var end] || begin < 0 || end < begin)
            throw new JsonException(
                $"{where} has the data_offsets [{string.Join(", ", offsets.Take(4))}], but two are expected, the first at least 0, the second not below it");
        if (Tensor.CountOf(sizes) is not { } count || count > long.MaxValue / bytes)
            throw new JsonException($"{where} has the shape {Tensor.ShapeText(sizes)}, whose product overflows");
        if (count * bytes != end - begin)
            throw new JsonException(
                $"{where} has the shape {Tensor.ShapeText(sizes)}, which takes {count * bytes} bytes, but its data_offsets give it {end - begin}");
        if (count > Array.MaxLength)
            throw new JsonException($"{where} has {count} numbers, but at most {Array.MaxLength} can be read");
        return new(name, sizes, begin, end);
    }

    private static List<long> WholeNumbers(ref Utf8JsonReader reader, string what)
    {
        var numbers = new List<long>();
        JsonText.Expect(ref reader, JsonTokenType.StartArray, $"{what}, a list,");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            numbers.Add(reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number)
                ? number
                : throw new JsonException($"{what} must be whole numbers from 0 to {long.MaxValue}, but something else is among them"));
        return numbers;
    }
}
