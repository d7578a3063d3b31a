namespace Nabla;

/// <summary>A view of a <see cref="Matrix"/> that can be read but not written. Copying one copies no values.</summary>
/// <remarks>
/// A layer of your own that only reads its input should read it through this: a batch of images that nobody can have
/// written into keeps its map of zeros, and products stay fast.
/// </remarks>
public readonly struct ReadOnlyMatrix
{
    private readonly Matrix matrix;

    internal ReadOnlyMatrix(Matrix matrix) => this.matrix = matrix;

    /// <summary>The matrix that it is a view of.</summary>
    internal Matrix Matrix => matrix;

    /// <summary>The number of rows: in a batch, one for each example.</summary>
    public int Rows => matrix.Rows;

    /// <summary>The number of columns: in a batch, one for each neuron, pixel or feature.</summary>
    public int Columns => matrix.Columns;

    /// <summary>Whether it has no values. The first layer's ∂C/∂x is empty: nothing comes before it.</summary>
    public bool IsEmpty => matrix.IsEmpty;

    /// <summary>All values, row after row.</summary>
    public ReadOnlySpan<float> Values => matrix.ReadOnlyValues;

    /// <summary>The value in one row and column.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row or column.</exception>
    public float this[int row, int column] => (uint)column < (uint)Columns
        ? Row(row)[column]
        : throw new ArgumentOutOfRangeException(nameof(column), column, $"The matrix is {matrix.Shape}.");

    /// <summary>The values of one row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public ReadOnlySpan<float> Row(int row) => matrix.ReadOnlyRow(row);

    /// <summary>The largest magnitude of any value; NaN if one is infinite or NaN, and 0 if there are none.</summary>
    public float LargestMagnitude => matrix.LargestMagnitude;

    /// <summary>A matrix can be read wherever a read-only one is expected.</summary>
    public static implicit operator ReadOnlyMatrix(Matrix matrix) => new(matrix);

    /// <inheritdoc/>
    public override string ToString() => matrix.ToString();
}
