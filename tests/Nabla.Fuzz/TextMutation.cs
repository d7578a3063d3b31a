using System.Text;
using System.Text.RegularExpressions;

namespace Nabla.Fuzz;

/// <summary>
/// Changes the tokens of text (words, numbers, strings in quotes, punctuation): JSON, headers of pictures, lists of
/// layers.
/// </summary>
internal static partial class TextMutation
{
    private static readonly string[] numbers =
    [
        "0", "-0", "-1", "1", "2", "4", "8", "16", "1.5", "1e0", "4e0", "1E400", "-1e-400", "0.1", "01", "+1", ".5",
        "5.", "0x10", "NaN", "Infinity", "-Infinity", "1,5", "1_000", "127", "255", "256", "65535", "65536",
        "2147483591", "2147483647", "2147483648", "-2147483648", "4294967295", "4294967296", "4294967297",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551615",
        "18446744073709551616", "99999999999999999999999999", "1073741824", "46341", "300000",
    ];

    private static readonly string[] pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "\\ud800", "\\udc00", "\"\"", "null", "true", "false", " ",
        "\t", "\n", "\r\n", "\0", "\u001b[2J", "\uFEFF", "é", "一", "😀", "/**/", "//", "#",
        "[]", "{}", "[[]]", "\"a\":1,", "__metadata__", "\"__metadata__\":{},", "x",
        "(", ")", "'", ";", "=", "%", "{0}", "\u2028", "\u00a0", "\u0660",
    ];

    /// <summary>One change. Bytes that are not UTF-8 become other bytes.</summary>
    /// <param name="text">The text.</param>
    /// <param name="random">The source of all choices.</param>
    /// <param name="words">Words that have a meaning in this text.</param>
    public static string Of(string text, RandomGenerator random, params IReadOnlyList<string> words)
    {
        var tokens = Tokens().Matches(text).Select(match => match.Value).ToList();
        if (tokens.Count == 0)
            return Any(random, words);
        var at = random.NextInt(tokens.Count);
        switch (random.NextInt(9))
        {
            case 0 or 1:
                tokens[at] = tokens[at].StartsWith('"') ? $"\"{Any(random, words)}\"" : Any(random, words);
                break;
            case 2:
                if (tokens.FindIndex(at, token => char.IsAsciiDigit(token[0])) is >= 0 and var number)
                    tokens[number] = numbers[random.NextInt(numbers.Length)];
                break;
            case 3:
                tokens.RemoveAt(at);
                break;
            case 4:
                tokens.RemoveRange(at, Math.Min(1 + random.NextInt(12), tokens.Count - at));
                break;
            case 5:
                tokens.Insert(at, Any(random, words));
                break;
            case 6:
                var other = random.NextInt(tokens.Count);
                (tokens[at], tokens[other]) = (tokens[other], tokens[at]);
                break;
            case 7:
                var piece = tokens.GetRange(at, Math.Min(1 + random.NextInt(20), tokens.Count - at));
                tokens.InsertRange(random.NextInt(tokens.Count), piece);
                break;
            default:
                tokens.Insert(at, Repeated(Any(random, words), random));
                break;
        }
        return string.Concat(tokens);
    }

    /// <summary>One change of text as bytes.</summary>
    public static byte[] Of(ReadOnlySpan<byte> utf8, RandomGenerator random, params IReadOnlyList<string> words) =>
        Encoding.UTF8.GetBytes(Of(Encoding.UTF8.GetString(utf8), random, words));

    private static string Any(RandomGenerator random, IReadOnlyList<string> words) =>
        random.NextInt(words.Count > 0 ? 3 : 2) switch
        {
            0 => numbers[random.NextInt(numbers.Length)],
            1 => pieces[random.NextInt(pieces.Length)],
            _ => words[random.NextInt(words.Count)],
        };

    private static string Repeated(string piece, RandomGenerator random) =>
        string.Concat(Enumerable.Repeat(piece, 1 << random.NextInt(random.NextInt(10) == 0 ? 14 : 7)));

    [GeneratedRegex("""
        "(?:[^"\\]|\\.)*"?|[0-9.+-]+|[\p{L}_]+|\s+|.
        """, RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Tokens();
}
