using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Nabla;

/// <summary>
/// The JSON that model files need: strings, lists of strings, and objects of strings. It is strict: a key occurs once.
/// </summary>
internal static class JsonText
{
    /// <summary>Writes letters as they are, without \u escapes, so that people can read the header of a file.</summary>
    public static readonly JsonWriterOptions WriterOptions =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>[“a”, “b”] as JSON.</summary>
    public static string OfList(IEnumerable<string> items) => Write(writer =>
    {
        writer.WriteStartArray();
        foreach (var item in items)
            writer.WriteStringValue(item);
        writer.WriteEndArray();
    });

    /// <summary>{“a”: “b”} as JSON.</summary>
    public static string OfMap(IReadOnlyDictionary<string, string> map) => Write(writer => WriteMap(writer, map));

    /// <summary>
    /// Writes an object of strings with its keys in order, so that the same content gives the same text.
    /// </summary>
    public static void WriteMap(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> map)
    {
        writer.WriteStartObject();
        foreach (var (key, value) in map.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            writer.WriteString(key, value);
        writer.WriteEndObject();
    }

    /// <summary>Reads a list of strings.</summary>
    /// <exception cref="JsonException">The text is something else.</exception>
    public static List<string> ToList(string text)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
        var list = new List<string>();
        Expect(ref reader, JsonTokenType.StartArray, "a list");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            list.Add(StringOf(ref reader));
        reader.Read();                                  // throws if anything follows
        return list;
    }

    /// <summary>Reads an object of strings.</summary>
    /// <exception cref="JsonException">The text is something else, or a key occurs twice.</exception>
    public static Dictionary<string, string> ToMap(string text)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
        var map = ReadMap(ref reader);
        reader.Read();                                  // throws if anything follows
        return map;
    }

    /// <summary>Reads an object of strings, from the token before it to its end.</summary>
    /// <exception cref="JsonException">Something else follows, or a key occurs twice.</exception>
    public static Dictionary<string, string> ReadMap(ref Utf8JsonReader reader)
    {
        var map = new Dictionary<string, string>();
        Expect(ref reader, JsonTokenType.StartObject, "an object");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = StringOf(ref reader);
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
                throw new JsonException(
                    $"the value of {Excerpt.Quoted(key)} must be a string, but is {Kind(reader.TokenType)}; " +
                    "write structure as JSON text");
            if (!map.TryAdd(key, StringOf(ref reader)))
                throw new JsonException($"the key {Excerpt.Quoted(key)} occurs twice");
        }
        return map;
    }

    /// <summary>Reads the next token, which must be of one kind.</summary>
    /// <exception cref="JsonException">It is of another kind.</exception>
    public static void Expect(ref Utf8JsonReader reader, JsonTokenType kind, string what)
    {
        if (!reader.Read() || reader.TokenType != kind)
            throw new JsonException($"{what} is expected, but {Kind(reader.TokenType)} is found");
    }

    /// <summary>The string or the key at the reader's position.</summary>
    /// <exception cref="JsonException">It is not a string, or contains half a character.</exception>
    public static string StringOf(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
            throw new JsonException($"a string is expected, but {Kind(reader.TokenType)} is found");
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new JsonException("a string contains half a character (a lone surrogate)");
        }
    }

    private static string Kind(JsonTokenType kind) => kind switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "true or false",
        JsonTokenType.Null => "null",
        _ => "nothing",
    };

    private static string Write(Action<Utf8JsonWriter> write)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, WriterOptions))
            write(writer);
        return Encoding.UTF8.GetString(json.WrittenSpan);
    }
}
