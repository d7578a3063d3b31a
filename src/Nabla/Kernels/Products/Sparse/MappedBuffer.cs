using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Nabla.Kernels;

/// <summary>
/// The buffer of a batch of images: one array that holds a header, the <see cref="ZeroMap"/> of the values, and the
/// values. So a matrix needs no field for the map, and map and values live equally long.
/// </summary>
/// <remarks>
/// A product skips what the map marks as zero, so map and values must agree. The code that prepares a batch writes both
/// (<see cref="BatchWriter"/>). Any other writable view of the values ends the map, for good: the view may outlive the
/// batch, and a write through it leaves no trace. Since a map that has ended never comes back, it does not matter which
/// thread ends it, or whether another one prepares the batch meanwhile.
/// </remarks>
internal static class MappedBuffer
{
    private const int HeaderSize = 4;                   // float32 values; the map that follows is then aligned

    /// <summary>
    /// Whether values of this shape can have a map: the rows must suit one, and all must fit in an array.
    /// </summary>
    public static bool Suits(int rows, int columns) =>
        ZeroMap.Suits(columns) && Before(rows, columns) + (long)rows * columns <= Array.MaxLength;

    /// <summary>A new buffer of zeros, with the map of zeros.</summary>
    /// <param name="rows">The rows of the matrix.</param>
    /// <param name="columns">The columns of the matrix.</param>
    /// <param name="start">The index of the first value, which is at the start of a cache line.</param>
    public static float[] Allocate(int rows, int columns, out int start)
    {
        var before = (int)Before(rows, columns);
        var buffer = AlignedBuffer.Allocate(before + rows * columns, out start);
        start += before;
        HeaderOf(buffer) = new() { Start = start, Columns = columns };
        return buffer;
    }

    /// <summary>
    /// The map of the rows from <paramref name="offset"/> on; empty if these are not whole rows, or if the map has
    /// ended.
    /// </summary>
    public static Span<ulong> Map(float[] buffer, int offset, int rows, int columns)
    {
        ref var header = ref HeaderOf(buffer);
        if (header.HasEnded || columns != header.Columns)
            return default;
        var (row, past) = Math.DivRem(offset - header.Start, columns);
        var words = ZeroMap.Words(columns);
        var maps = MemoryMarshal.Cast<float, ulong>(buffer.AsSpan(HeaderSize, header.Start - HeaderSize));
        return past == 0 ? maps.Slice(row * words, rows * words) : default;
    }

    /// <summary>Ends the map: from now on, every product reads all values.</summary>
    public static void EndMap(float[] buffer) => HeaderOf(buffer).HasEnded = true;

    /// <summary>How many float32 values header and map take, in whole cache lines.</summary>
    private static long Before(int rows, int columns)
    {
        var size = HeaderSize + (long)rows * ZeroMap.Words(columns) * (sizeof(ulong) / sizeof(float));
        return (size + AlignedBuffer.Line - 1) / AlignedBuffer.Line * AlignedBuffer.Line;
    }

    private static ref Header HeaderOf(float[] buffer) =>
        ref Unsafe.As<float, Header>(ref MemoryMarshal.GetArrayDataReference(buffer));

    /// <summary>The first <see cref="HeaderSize"/> values of the buffer.</summary>
    private struct Header
    {
        public int Start, Columns;
        public bool HasEnded;
    }
}
