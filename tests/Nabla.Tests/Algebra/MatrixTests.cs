namespace Nabla.Tests.Algebra;

public sealed class MatrixTests
{
    [Fact]
    public void A_new_matrix_is_all_zeros()
    {
        var m = new Matrix(3, 5);
        Assert.Equal((3, 5, 15), (m.Rows, m.Columns, m.Values.Length));
        Assert.All(m.Values.ToArray(), value => Assert.Equal(0f, value));
        Assert.Equal("3 × 5", m.Shape);
        Assert.Equal("Matrix 3 × 5", m.ToString());
    }

    [Fact]
    public void A_view_reads_and_writes_its_part_of_the_buffer()
    {
        float[] buffer = [.. Enumerable.Range(0, 20).Select(i => (float)i)];
        var m = new Matrix(buffer, 3, 2, 4);
        Assert.Equal([3, 4, 5, 6, 7, 8, 9, 10], m.Values.ToArray());
        Assert.Equal([7, 8, 9, 10], m.Row(1).ToArray());
        Assert.Equal(9, m[1, 2]);
        m[1, 2] = -1;
        m.Row(0)[0] = -2;
        Assert.Equal((-1, -2), (buffer[9], buffer[3]));
        Assert.Equal(2, buffer.Count(value => value < 0));
    }

    [Fact]
    public void A_copy_shares_its_values_with_the_original()
    {
        var m = new Matrix(2, 2);
        var copy = m;
        copy[0, 1] = 5;
        Assert.Equal(5, m[0, 1]);
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(4, 0)]
    [InlineData(0, 0)]
    public void A_matrix_may_be_empty(int rows, int columns)
    {
        var m = new Matrix(rows, columns);
        Assert.True(m.IsEmpty);
        Assert.True(m.Values.IsEmpty);
        Assert.False(new Matrix(1, 1).IsEmpty);
    }

    [Fact]
    public void The_default_matrix_is_empty()
    {
        Matrix none = default;
        Assert.True(none.IsEmpty);
        Assert.True(none.Values.IsEmpty);
        Assert.Equal("0 × 0", none.Shape);
        Assert.True(none.FirstRows(0).IsEmpty);
    }

    [Fact]
    public void The_first_rows_are_a_view()
    {
        var m = TestNumbers.UniformMatrix(5, 3, 1);
        var first = m.FirstRows(2);
        Assert.Equal("2 × 3", first.Shape);
        first[1, 2] = 7;
        Assert.Equal(7, m[1, 2]);
        Assert.Equal(m.Values.ToArray(), m.FirstRows(5).Values.ToArray());
        Assert.True(m.FirstRows(0).IsEmpty);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(4)]                                             // the buffer has that many rows, but the view does not
    [InlineData(100)]
    public void Taking_more_rows_than_there_are_is_refused(int count)
    {
        var view = new Matrix(new float[50], 5, 3, 5);
        Assert.ThrowsAny<ArgumentException>(() => view.FirstRows(count));
    }

    [Theory]
    [InlineData(-1, 2)]
    [InlineData(2, -1)]
    [InlineData(int.MaxValue, 2)]
    [InlineData(65536, 65536)]                                  // the product is 0 in 32 bits
    public void An_impossible_size_is_refused(int rows, int columns) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Matrix(rows, columns));

    [Theory]
    [InlineData(0, 3, 4, "A matrix of 3 × 4 from 0 on needs 12 numbers, but the buffer has 10.")]
    [InlineData(9, 1, 2, "A matrix of 1 × 2 from 9 on needs 11 numbers, but the buffer has 10.")]
    [InlineData(
        int.MaxValue, 1, 1, "A matrix of 1 × 1 from 2147483647 on needs 2147483648 numbers, but the buffer has 10.")]
    public void A_buffer_that_is_too_short_is_refused(int offset, int rows, int columns, string message)
    {
        var error = Assert.Throws<ArgumentException>(() => new Matrix(new float[10], offset, rows, columns));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_negative_offset_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Matrix(new float[10], -1, 1, 1));

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(2, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 3)]
    public void An_index_out_of_range_is_refused_and_the_message_gives_the_shape(int row, int column)
    {
        var m = new Matrix(new float[100], 10, 2, 3);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => m[row, column]);
        Assert.StartsWith("The matrix is 2 × 3.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Products_are_written_as_on_paper()
    {
        Matrix x = TestNumbers.UniformMatrix(5, 7, 1), w = TestNumbers.UniformMatrix(4, 7, 2);
        Matrix b = TestNumbers.UniformMatrix(1, 4, 3), dY = TestNumbers.UniformMatrix(5, 4, 4);
        Matrix y = new(5, 4), dW = new(4, 7), dX = new(5, 7), both = new(7, 5);
        y.Set(x * w.T + b);
        AssertNear(5, 4, (i, j) => Enumerable.Range(0, 7).Sum(k => (double)x[i, k] * w[j, k]) + b[0, j], y);
        dW.Set(dY.T * x);
        AssertNear(4, 7, (i, j) => Enumerable.Range(0, 5).Sum(k => (double)dY[k, i] * x[k, j]), dW);
        dX.Set(dY * w);
        AssertNear(5, 7, (i, j) => Enumerable.Range(0, 4).Sum(k => (double)dY[i, k] * w[k, j]), dX);
        both.Set(w.T * dY.T);
        AssertNear(7, 5, (i, j) => Enumerable.Range(0, 4).Sum(k => (double)w[k, i] * dY[j, k]), both);
        b.Set(dY.ColumnSums());
        AssertNear(1, 4, (_, j) => Enumerable.Range(0, 5).Sum(k => (double)dY[k, j]), b);
    }

    [Fact]
    public void Products_with_an_empty_inner_dimension_are_the_bias_or_zero()
    {
        Matrix y = TestNumbers.UniformMatrix(2, 3, 1), b = TestNumbers.UniformMatrix(1, 3, 2);
        Matrix sums = TestNumbers.UniformMatrix(1, 3, 3);
        y.Set(new Matrix(2, 0) * new Matrix(0, 3));
        Assert.Equal(new float[6], y.Values.ToArray());
        y.Set(new Matrix(2, 0) * new Matrix(3, 0).T + b);
        Assert.Equal([.. b.Values, .. b.Values], y.Values.ToArray());
        sums.Set(new Matrix(0, 3).ColumnSums());
        Assert.Equal(new float[3], sums.Values.ToArray());
        new Matrix(0, 3).Set(new Matrix(0, 2) * new Matrix(2, 3));
    }

    [Theory]
    [InlineData(
        2, 3, false, 2, 3, false,
        "The product of (2 × 3) and (2 × 3) does not exist: " +
        "the left side has 3 columns, the right side 2 rows. Does one need to be transposed (.T)?")]
    [InlineData(
        2, 3, true, 3, 2, false,
        "The product of (2 × 3) transposed and (3 × 2) does not exist: " +
        "the left side has 2 columns, the right side 3 rows. Does one need to be transposed (.T)?")]
    [InlineData(
        2, 3, false, 3, 2, true,
        "The product of (2 × 3) and (3 × 2) transposed does not exist: " +
        "the left side has 3 columns, the right side 2 rows. Does one need to be transposed (.T)?")]
    [InlineData(
        2, 3, true, 2, 3, true,
        "The product of (2 × 3) transposed and (2 × 3) transposed does not exist: " +
        "the left side has 2 columns, the right side 3 rows. Does one need to be transposed (.T)?")]
    public void A_product_that_does_not_exist_is_refused(
        int m, int n, bool aTransposed, int p, int q, bool bTransposed, string message)
    {
        var error = Assert.Throws<ArgumentException>(() =>
        {
            Matrix a = new(m, n), b = new(p, q);
            _ = (aTransposed, bTransposed) switch
            {
                (false, false) => a * b,
                (true, false) => a.T * b,
                (false, true) => a * b.T,
                (true, true) => a.T * b.T,
            };
        });
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void A_result_of_another_shape_is_refused()
    {
        Matrix a = new(2, 3), b = new(3, 4), y = new(2, 5);
        AssertRefused("The matrix to set is 2 × 5, but 2 × 4 is expected.", () => y.Set(a * b));
        AssertRefused("The row to add is 2 × 5, but 1 × 4 is expected.", () => _ = a * b + y);
        AssertRefused("The row of column sums is 2 × 5, but 1 × 3 is expected.", () => y.Set(a.ColumnSums()));

        static void AssertRefused(string message, Action set) =>
            Assert.Equal(message, Assert.Throws<ArgumentException>(set).Message);
    }

    [Fact]
    public void A_result_that_shares_memory_with_an_operand_is_refused()
    {
        const string message =
            "The result of a product must not share its numbers with an operand. Set another matrix.";
        var buffer = new float[100];
        Matrix a = new(buffer, 0, 3, 3), b = new(buffer, 50, 3, 3);
        Matrix other = new(3, 3), overlapping = new(buffer, 8, 3, 3);
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => a.Set(a * other)).Message);
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => a.Set(other * a.T)).Message);
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => overlapping.Set(a * other)).Message);
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => a.FirstRows(1).Set(a.ColumnSums())).Message);
        a.Set(b * other);                                      // side by side in one buffer is not sharing
    }

    [Fact]
    public void A_result_that_shares_memory_with_the_row_to_add_is_refused()
    {
        Matrix x = TestNumbers.UniformMatrix(1, 3, 1), w = TestNumbers.UniformMatrix(3, 3, 2);
        var y = TestNumbers.UniformMatrix(1, 3, 3);
        Assert.Throws<ArgumentException>(() => y.Set(x * w + y));
    }

    private static void AssertNear(int rows, int columns, Func<int, int, double> exact, Matrix actual)
    {
        Assert.Equal($"{rows} × {columns}", actual.Shape);
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
                Assert.Equal(exact(i, j), actual[i, j], 1e-6);
    }
}
