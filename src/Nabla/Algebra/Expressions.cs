using System.Runtime.CompilerServices;
using Nabla.Kernels;

namespace Nabla;

/// <summary>A matrix with rows and columns exchanged, for use in products; no values are moved.</summary>
public readonly ref struct TransposedMatrix
{
    internal TransposedMatrix(Matrix matrix) => Matrix = matrix;

    internal Matrix Matrix { get; }

    /// <summary>A product whose left side is transposed.</summary>
    public static Product operator *(TransposedMatrix a, Matrix b) => new(a.Matrix, true, b, false);

    /// <summary>A product of two transposed matrices.</summary>
    public static Product operator *(TransposedMatrix a, TransposedMatrix b) => new(a.Matrix, true, b.Matrix, true);
}

/// <summary>A matrix product that is still to be computed, by <see cref="Matrix.Set(Product)"/>.</summary>
public readonly ref struct Product
{
    private readonly Matrix a, b;
    private readonly bool aTransposed, bTransposed;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Product(Matrix a, bool aTransposed, Matrix b, bool bTransposed)
    {
        (this.a, this.aTransposed, this.b, this.bTransposed) = (a, aTransposed, b, bTransposed);
        if (Depth != (bTransposed ? b.Columns : b.Rows))
            ThrowForShapes(a, aTransposed, b, bTransposed);
    }

    internal int Rows => aTransposed ? a.Columns : a.Rows;

    internal int Columns => bTransposed ? b.Rows : b.Columns;

    private int Depth => aTransposed ? a.Rows : a.Columns;

    /// <summary>The product, with <paramref name="bias"/>, one row, added to each of its rows.</summary>
    public static ProductPlusRow operator +(Product product, Matrix bias) => new(product, bias);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Into(Matrix c, ReadOnlySpan<float> bias)
    {
        c.CheckShape(Rows, Columns, "The matrix to set");
        ReadOnlySpan<float> left = a.ReadOnlyValues, right = b.ReadOnlyValues;
        var result = c.Values;
        Matrix.CheckApart(result, left);
        Matrix.CheckApart(result, right);
        Matrix.CheckApart(result, bias);
        // In X·Wᵀ and δᵀ·X, the batch X may have a map of its zeros. The kernels that read maps compute only these two:
        // SparseInnerProduct takes the map of A if B alone is transposed, SparseGradient that of B if A alone is.
        if (Rows > 1 && aTransposed != bTransposed && (aTransposed ? b : a).Zeros is { IsEmpty: false } zeros)
            MatrixProduct.Multiply(left, aTransposed, right, bTransposed, bias, result, Rows, Columns, Depth, zeros);
        else
            MatrixProduct.Multiply(left, aTransposed, right, bTransposed, bias, result, Rows, Columns, Depth);
    }

    private static void ThrowForShapes(Matrix a, bool aTransposed, Matrix b, bool bTransposed) =>
        throw new ArgumentException(
            $"The product of {Describe(a, aTransposed)} and {Describe(b, bTransposed)} does not exist: " +
            $"the left side has {(aTransposed ? a.Rows : a.Columns)} columns, " +
            $"the right side {(bTransposed ? b.Columns : b.Rows)} rows. Does one need to be transposed (.T)?");

    private static string Describe(Matrix m, bool transposed) =>
        transposed ? $"({m.Shape}) transposed" : $"({m.Shape})";
}

/// <summary>A matrix product plus a row, still to be computed by <see cref="Matrix.Set(ProductPlusRow)"/>.</summary>
public readonly ref struct ProductPlusRow
{
    private readonly Product product;
    private readonly Matrix row;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ProductPlusRow(Product product, Matrix row)
    {
        row.CheckShape(1, product.Columns, "The row to add");
        this.product = product;
        this.row = row;
    }

    internal void Into(Matrix c) => product.Into(c, row.ReadOnlyValues);
}

/// <summary>The sum of each column, still to be computed by <see cref="Matrix.Set(ColumnSums)"/>.</summary>
public readonly ref struct ColumnSums
{
    private readonly Matrix matrix;

    internal ColumnSums(Matrix matrix) => this.matrix = matrix;

    internal void Into(Matrix row)
    {
        row.CheckShape(1, matrix.Columns, "The row of column sums");
        row.CheckApart(matrix);
        Reductions.SumColumns(matrix.ReadOnlyValues, row.Values, matrix.Rows);
    }
}
