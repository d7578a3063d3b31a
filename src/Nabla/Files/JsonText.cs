using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Nabla;

/// <summary>The little JSON that model files need: strings, lists of strings, and strings by name. Strict: a key stands once.</summary>
internal static class JsonText
{
    /// <summary>Letters as they are, in place of \u escapes: the header of a file can be read by eye.</summary>
    public static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

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

    /// <summary>Writes an object of strings, its keys in order, so that the same content is the same text.</summary>
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
    /// <exception cref="JsonException">The text is something else, or a key stands twice.</exception>
    public static Dictionary<string, string> ToMap(string text)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
        var map = ReadMap(ref reader);
        reader.Read();                                  // throws if anything follows
        return map;
    }

    /// <summary>Reads an object of strings, from the token before it to its end.</summary>
    /// <exception cref="JsonException">Something else follows, or a key stands twice.</exception>
    public static Dictionary<string, string> ReadMap(ref Utf8JsonReader reader)
    {
        var map = new Dictionary<string, string>();
        Expect(ref reader, JsonTokenType.StartObject, "an object");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = StringOf(ref reader);
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
                throw new JsonException($"the value of {Quote(key)} must be a string, but is {Kind(reader.TokenType)}; put structure in as JSON text");
            if (!map.TryAdd(key, StringOf(ref reader)))
                throw new JsonException($"the key {Quote(key)} stands twice");
        }
        return map;
    }

    /// <summary>Goes on to the next token, which has to be of one kind.</summary>
    /// <exception cref="JsonException">It is of another.</exception>
    public static void Expect(ref Utf8JsonReader reader, JsonTokenType kind, string what)
    {
        if (!reader.Read() || reader.TokenType != kind)
            throw new JsonException($"{what} is expected, but {Kind(reader.TokenType)} stands there");
    }

    /// <summary>The string, or the key, at which the reader stands.</summary>
    /// <exception cref="JsonException">It is none, or holds half a character.</exception>
    public static string StringOf(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
            throw new JsonException($"a string is expected, but {Kind(reader.TokenType)} stands there");
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new JsonException("a string holds half a character (a lone surrogate)");
        }
    }

    /// <summary>A name from a file, for a message: in quotes, without control characters, and not too long.</summary>
    public static string Quote(string name) => $"'{Excerpt.Of(name)}'";

    /// <summary>What is wrong, from an exception whose message may hold what stands in a file: without control characters, which a terminal would obey, and not too long.</summary>
    public static string Reason(Exception e) => Excerpt.Of(e.Message.TrimEnd('.'), 400);

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
