namespace Nabla.Data;

/// <summary>Computes how many examples of each class belong to a share of the data.</summary>
internal static class Stratification
{
    /// <summary>
    /// Returns the integers nearest to the share of each class whose sum is the share of all (the largest remainder
    /// method; between equal remainders, the first class wins). The larger part keeps an example of every class.
    /// </summary>
    public static int[] Quotas(ReadOnlySpan<int> labels, int classes, double share)
    {
        var counts = new int[classes];
        foreach (var label in labels)
            counts[label]++;
        var isSmaller = share <= 0.5;
        int[] limits = [.. counts.Select(count => isSmaller ? Math.Max(0, count - 1) : count)];
        int[] quotas =
        [
            .. counts.Select((count, c) =>
                Math.Clamp((int)(count * share), isSmaller ? 0 : Math.Min(1, count), limits[c])),
        ];
        var missing = (int)Math.Round(labels.Length * share) - quotas.Sum();
        var byRemainder = Enumerable.Range(0, classes).OrderByDescending(c => counts[c] * share - quotas[c]);
        foreach (var c in byRemainder)                          // the sort is stable: equal remainders keep their order
        {
            if (missing <= 0)
                break;
            if (quotas[c] == limits[c])
                continue;
            quotas[c]++;
            missing--;
        }
        return quotas;
    }
}
