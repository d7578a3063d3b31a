namespace Nabla;

/// <summary>Splits text, but not inside brackets: “residual (dense 16, relu), tanh” has two items.</summary>
internal static class BracketedText
{
    private const int MostDeep = 32;                    // brackets within brackets

    /// <summary>The items between the commas that are outside brackets.</summary>
    /// <exception cref="FormatException">The brackets do not match, or are nested too deep.</exception>
    public static List<string> Items(string text) => Split(text, c => c == ',');

    /// <summary>
    /// The words between the spaces that are outside brackets: “residual” and “(dense 16, relu)”. A bracket starts a
    /// word.
    /// </summary>
    public static string[] Words(string item) =>
        [.. Split(item.Replace("(", " (").Replace("[", " ["), char.IsWhiteSpace).Where(word => word.Length > 0)];

    /// <summary>The text inside the brackets of a word; null if it has none.</summary>
    public static string? Inside(string word) => word is ['(', .., ')'] or ['[', .., ']'] ? word[1..^1] : null;

    private static List<string> Split(string text, Func<char, bool> isSeparator)
    {
        var items = new List<string>();
        var open = new Stack<char>();
        var start = 0;
        for (var i = 0; i < text.Length; i++)
            switch (text[i])
            {
                case '(' or '[':
                    open.Push(text[i] == '(' ? ')' : ']');
                    if (open.Count > MostDeep)
                        throw new FormatException(
                            $"'{Excerpt.Of(text)}' nests brackets more than {MostDeep} deep. Remove some of them.");
                    break;
                case ')' or ']':
                    if (!open.TryPop(out var expected) || expected != text[i])
                        throw new FormatException(
                            $"Character {i + 1} of '{Excerpt.Of(text)}' is '{text[i]}', but " +
                            (open.Count == 0 && expected == 0 ? "no bracket is open." : $"'{expected}' is expected."));
                    break;
                case var c when open.Count == 0 && isSeparator(c):
                    items.Add(text[start..i]);
                    start = i + 1;
                    break;
            }
        if (open.TryPeek(out var missing))
            throw new FormatException($"A bracket of '{Excerpt.Of(text)}' is not closed: '{missing}' is missing.");
        items.Add(text[start..]);
        return items;
    }
}
