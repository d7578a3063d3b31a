using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>
/// Of which buffers it is known where they have something other than zeros: those of the batches, whose <see cref="ZeroMap"/> is made along with their numbers. A matrix is a view of a
/// buffer, and stays as small as it is.
/// </summary>
/// <remarks>A buffer that nobody uses any more is forgotten.</remarks>
internal sealed class KnownZeros
{
    private static readonly ConditionalWeakTable<float[], KnownZeros> all = [];

    private readonly ulong[] map;
    private readonly int offset, columns;

    private KnownZeros(int offset, int rows, int columns)
    {
        map = new ulong[rows * ZeroMap.Words(columns)];
        (this.offset, this.columns) = (offset, columns);
    }

    /// <summary>
    /// From now on, a map is kept of rows that begin at <paramref name="offset"/>, if their length suits. Whoever writes numbers there must write it, too: a product passes over what is 0
    /// by the map.
    /// </summary>
    public static void Keep(float[] buffer, int offset, int rows, int columns)
    {
        if (ZeroMap.Suits(columns))
            all.Add(buffer, new(offset, rows, columns));
    }

    /// <summary>The map of some of these rows; empty if none is kept.</summary>
    public static Span<ulong> Of(float[]? buffer, int offset, int rows, int columns)
    {
        if (buffer is null || !ZeroMap.Suits(columns) || !all.TryGetValue(buffer, out var known) || columns != known.columns)
            return default;
        var (row, past) = Math.DivRem(offset - known.offset, columns);
        var words = ZeroMap.Words(columns);
        return past == 0 && row >= 0 && (row + rows) * words <= known.map.Length ? known.map.AsSpan(row * words, rows * words) : default;
    }
}
