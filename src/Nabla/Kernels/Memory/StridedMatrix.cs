namespace Nabla.Kernels;

/// <summary>Numbers in memory, seen as a matrix: element (i, j) = Start[i·Row + j·Column]. Its transpose is the same numbers with the steps exchanged.</summary>
internal readonly unsafe struct StridedMatrix(float* start, nint row, nint column)
{
    public readonly float* Start = start;
    public readonly nint Row = row, Column = column;

    /// <summary>A matrix of <paramref name="columns"/> columns, row after row; or one of as many rows that is stored transposed.</summary>
    public static StridedMatrix Stored(float* start, bool transposed, int rows, int columns) =>
        transposed ? new(start, 1, rows) : new(start, columns, 1);

    public float* At(nint i, nint j) => Start + i * Row + j * Column;
}
