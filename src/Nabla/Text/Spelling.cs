namespace Nabla;

/// <summary>Finds the known word that was probably meant.</summary>
internal static class Spelling
{
    /// <summary>Returns the known word that takes the fewest changes, or null if none is close.</summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentNullException.ThrowIfNull(known);
        return known
            .Where(candidate => Math.Abs(word.Length - candidate.Length) <= Most(candidate))    // skips long texts
            .Select(candidate => (candidate, distance: Distance(word.ToLowerInvariant(), candidate.ToLowerInvariant())))
            .Where(pair => pair.distance <= Most(pair.candidate))
            .OrderBy(pair => pair.distance)
            .Select(pair => pair.candidate)
            .FirstOrDefault();
    }

    /// <summary>The number of changes that still count as a slip.</summary>
    private static int Most(string candidate) => Math.Max(1, candidate.Length / 3);

    /// <summary>
    /// The number of letters to insert, delete, replace, or swap with the next one (Damerau, 1964; the restricted form,
    /// “optimal string alignment”).
    /// </summary>
    private static int Distance(string a, string b)
    {
        // D[i, j]: from the first i letters of a to the first j of b
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            for (var j = 0; j <= b.Length; j++)
            {
                d[i, j] = i == 0 || j == 0
                    ? i + j
                    : Math.Min(
                        Math.Min(d[i - 1, j], d[i, j - 1]) + 1,
                        d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        return d[a.Length, b.Length];
    }
}
