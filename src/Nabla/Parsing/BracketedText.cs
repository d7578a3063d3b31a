namespace Nabla;

/// <summary>Text in which brackets keep together what stands between them: “residual (dense 16, relu), tanh” are two items.</summary>
internal static class BracketedText
{
    private const int MostDeep = 32;                    // brackets within brackets

    /// <summary>The items between the commas that stand in no bracket.</summary>
    /// <exception cref="FormatException">A bracket is not closed, or not opened, or there are too many within each other.</exception>
    public static List<string> Items(string text) => Split(text, c => c == ',');

    /// <summary>The words between the blanks that stand in no bracket: “residual” and “(dense 16, relu)”. A bracket begins a word.</summary>
    public static string[] Words(string item) => [.. Split(item.Replace("(", " (").Replace("[", " ["), char.IsWhiteSpace).Where(word => word.Length > 0)];

    /// <summary>What stands in the brackets that a word is; null if it is none.</summary>
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
                        throw new FormatException($"'{Excerpt.Of(text)}' has more than {MostDeep} brackets within each other.");
                    break;
                case ')' or ']':
                    if (!open.TryPop(out var expected) || expected != text[i])
                        throw new FormatException($"Character {i + 1} of '{Excerpt.Of(text)}' is '{text[i]}', but {(open.Count == 0 && expected == 0 ? "no bracket is open" : $"'{expected}' is expected")}.");
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
