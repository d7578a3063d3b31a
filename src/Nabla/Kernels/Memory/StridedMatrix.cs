namespace Nabla.Kernels;

/// <summary>
/// Values in memory, seen as a matrix: element (i, j) = Start[i·Row + j·Column]. The transpose has the same values, and
/// the two strides exchanged.
/// </summary>
internal readonly unsafe struct StridedMatrix(float* start, nint row, nint column)
{
    public readonly float* Start = start;
    public readonly nint Row = row, Column = column;

    /// <summary>
    /// A matrix of <paramref name="rows"/> × <paramref name="columns"/>, stored row after row without gaps, or stored
    /// that way transposed.
    /// </summary>
    public static StridedMatrix Stored(float* start, bool transposed, int rows, int columns) =>
        transposed ? new(start, 1, rows) : new(start, columns, 1);

    public float* At(nint i, nint j) => Start + i * Row + j * Column;
}
