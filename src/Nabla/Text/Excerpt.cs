namespace Nabla;

/// <summary>
/// Shortens text that a message quotes, and replaces control characters, which a terminal would obey.
/// </summary>
internal static class Excerpt
{
    /// <summary>The first <paramref name="most"/> characters; “…” stands for the rest.</summary>
    public static string Of(string text, int most = 60) =>
        new string([.. text.Take(most).Select(letter => char.IsControl(letter) ? '\uFFFD' : letter)]) +
        (text.Length > most ? "…" : "");

    /// <summary>The first 60 characters in quotes: a name from a file.</summary>
    public static string Quoted(string text) => $"'{Of(text)}'";

    /// <summary>The message of an exception that may quote a file, without its last full stop.</summary>
    public static string OfMessage(Exception e) => Of(e.Message.TrimEnd('.'), 400);
}
