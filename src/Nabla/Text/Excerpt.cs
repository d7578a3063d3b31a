namespace Nabla;

/// <summary>The beginning of a text for a message, which says more than the text: short enough to leave room for the rest, and without control characters, which a terminal would obey.</summary>
internal static class Excerpt
{
    /// <summary>At most so many letters of it; “…” stands for what is left out.</summary>
    public static string Of(string text, int most = 60) =>
        new string([.. text.Take(most).Select(letter => char.IsControl(letter) ? '\uFFFD' : letter)]) + (text.Length > most ? "…" : "");
}
