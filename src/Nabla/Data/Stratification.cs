namespace Nabla.Data;

/// <summary>How many examples of each class belong into a share of the data.</summary>
internal static class Stratification
{
    /// <summary>
    /// The whole numbers nearest to the share of each class that add up to the share of all (the method of the largest remainder; of equal
    /// ones, the first class). The larger part keeps an example of every class.
    /// </summary>
    public static int[] Quotas(ReadOnlySpan<int> labels, int classes, double share)
    {
        var counts = new int[classes];
        foreach (var label in labels)
            counts[label]++;
        var isSmaller = share <= 0.5;
        int[] most = [.. counts.Select(count => isSmaller ? Math.Max(0, count - 1) : count)];
        int[] quotas = [.. counts.Select((count, c) => Math.Clamp((int)(count * share), isSmaller ? 0 : Math.Min(1, count), most[c]))];
        var missing = (int)Math.Round(labels.Length * share) - quotas.Sum();
        foreach (var c in Enumerable.Range(0, classes).OrderByDescending(c => counts[c] * share - quotas[c]))       // stable
        {
            if (missing <= 0)
                break;
            if (quotas[c] == most[c])
                continue;
            quotas[c]++;
            missing--;
        }
        return quotas;
    }
}
