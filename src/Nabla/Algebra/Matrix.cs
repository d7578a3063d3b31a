using System.Runtime.CompilerServices;
using Nabla.Formulas;
using Nabla.Kernels;

namespace Nabla;

/// <summary>
/// Rows × columns of float32 values, row after row in one flat buffer. A <see cref="Matrix"/> is a view: copying one
/// copies no values, and several may view parts of the same buffer.
/// </summary>
/// <remarks>
/// <para>The maths is written as it is on paper, <c>y.Set(x * w.T + b)</c>, and runs as one kernel: the product is a
/// description of what to compute, and <c>Set</c> computes it straight into <c>y</c>. Nothing is allocated. (A product
/// that is never set computes nothing; as a separate statement, the compiler refuses it.)</para>
/// <para>The batches of a training on images have a map of their zeros, by which products skip blank pixels.
/// <see cref="Values"/>, <see cref="Row"/>, the indexer and <c>Set</c> give or use a writable view. The first of them
/// that is called for such a batch, even if only to read, ends the map of its buffer. The results stay right; only that
/// speed is lost, for the rest of the training.</para>
/// </remarks>
public readonly struct Matrix
{
    private const int Mapped = int.MinValue;            // the sign of offset: the buffer is a MappedBuffer

    private readonly float[]? buffer;
    private readonly int offset;                        // a separate field for the mark makes one prediction slower

    /// <summary>A new matrix of zeros.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative, or the two are too large together.</exception>
    public Matrix(int rows, int columns)
    {
        buffer = AlignedBuffer.Allocate(CheckedSize(rows, columns), out offset);
        (Rows, Columns) = (rows, columns);
    }

    /// <summary>A view of <paramref name="buffer"/>, from <paramref name="offset"/> on.</summary>
    /// <exception cref="ArgumentException">The buffer is too short.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Matrix(float[] buffer, int offset, int rows, int columns)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (CheckedSize(rows, columns) > buffer.Length - offset)
            ThrowForLength(buffer, offset, rows, columns);
        (this.buffer, this.offset) = (buffer, offset);
        (Rows, Columns) = (rows, columns);
    }

    /// <summary>A view that is known to fit. The sign of <paramref name="offset"/> is the mark.</summary>
    private Matrix(int rows, int columns, float[]? buffer, int offset)
    {
        (this.buffer, this.offset) = (buffer, offset);
        (Rows, Columns) = (rows, columns);
    }

    /// <summary>A new matrix of zeros for batches of images, with a map of its zeros if its rows suit one.</summary>
    internal static Matrix WithZeroMap(int rows, int columns) => MappedBuffer.Suits(rows, columns)
        ? new(rows, columns, MappedBuffer.Allocate(rows, columns, out var start), start | Mapped)
        : new(rows, columns);

    /// <summary>How many rows: in a batch, one for each example.</summary>
    public int Rows { get; }

    /// <summary>How many columns: in a batch, one for each neuron, pixel or feature.</summary>
    public int Columns { get; }

    /// <summary>Whether it has no elements. The first layer's dX is empty: no layer before it needs it.</summary>
    public bool IsEmpty => Rows == 0 || Columns == 0;

    /// <summary>All values, row after row, to be read or written.</summary>
    public Span<float> Values
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            EndMap();
            return buffer.AsSpan(Start, Rows * Columns);
        }
    }

    /// <summary>All values, row after row, to be read only: a map of zeros is kept.</summary>
    internal ReadOnlySpan<float> ReadOnlyValues => buffer.AsSpan(Start, Rows * Columns);

    /// <summary>
    /// The <see cref="ZeroMap"/> of these rows, by which products skip zeros; empty if there is none.
    /// </summary>
    internal ReadOnlySpan<ulong> Zeros => Map;

    /// <summary>Writes values and map together. Without a map, it is a writable view like any other.</summary>
    internal BatchWriter Writer => Map is { IsEmpty: false } zeros
        ? new(buffer.AsSpan(Start, Rows * Columns), Columns, zeros)
        : new(Values, Columns, []);

    /// <summary>The transpose, for use in a product.</summary>
    public TransposedMatrix T => new(this);

    /// <summary>The element in one row and column.</summary>
    public ref float this[int row, int column]
    {
        get
        {
            if ((uint)column >= (uint)Columns)
                throw new ArgumentOutOfRangeException(nameof(column), column, $"The matrix is {Shape}.");
            return ref Row(row)[column];
        }
    }

    /// <summary>The values of one row, to be read or written.</summary>
    public Span<float> Row(int row)
    {
        EndMap();
        return RowView(row);
    }

    /// <summary>The values of one row, to be read only: a map of zeros is kept.</summary>
    internal ReadOnlySpan<float> ReadOnlyRow(int row) => RowView(row);

    /// <summary>A product, A·B, to be passed to <see cref="Set(Product)"/>.</summary>
    public static Product operator *(Matrix a, Matrix b) => new(a, false, b, false);

    /// <summary>A product, A·Bᵀ, to be passed to <see cref="Set(Product)"/>.</summary>
    public static Product operator *(Matrix a, TransposedMatrix b) => new(a, false, b.Matrix, true);

    /// <summary>The sum of each column, as one row, to be passed to <see cref="Set(Nabla.ColumnSums)"/>.</summary>
    public ColumnSums ColumnSums() => new(this);

    /// <summary>Sets this to the product.</summary>
    public void Set(Product product) => product.Into(this, []);

    /// <summary>Sets this to the product plus the row.</summary>
    public void Set(ProductPlusRow sum) => sum.Into(this);

    /// <summary>Sets this to the row of column sums.</summary>
    public void Set(ColumnSums sums) => sums.Into(this);

    /// <summary>
    /// Sets this row, with one element per channel, to the sum of each channel over all pixels of all examples. The
    /// channels are of equal size.
    /// </summary>
    internal void SetChannelSums(Matrix images)
    {
        CheckShape(1, Columns, "The row of sums");
        Reductions.SumChannels(images.ReadOnlyValues, Values, images.Columns / Columns);
    }

    /// <summary>Sets this to f(x), element by element. This may be x itself.</summary>
    internal void Set<TFormula>(Matrix x, TFormula f) where TFormula : struct, IUnaryFormula
    {
        CheckShape(x.Rows, x.Columns, "The matrix to set");
        Elementwise.Map(x.ReadOnlyValues, Values, f);
    }

    /// <summary>Sets this to f(a, b), element by element. This may be a or b itself.</summary>
    internal void Set<TFormula>(Matrix a, Matrix b, TFormula f) where TFormula : struct, IBinaryFormula
    {
        CheckShape(a.Rows, a.Columns, "The matrix to set");
        b.CheckShape(a.Rows, a.Columns, "The second operand");
        Elementwise.Map(a.ReadOnlyValues, b.ReadOnlyValues, Values, f);
    }

    /// <summary>Sets this to f(a, b, c), element by element. This may be a, b or c itself.</summary>
    internal void Set<TFormula>(Matrix a, Matrix b, Matrix c, TFormula f) where TFormula : struct, ITernaryFormula
    {
        CheckShape(a.Rows, a.Columns, "The matrix to set");
        b.CheckShape(a.Rows, a.Columns, "The second operand");
        c.CheckShape(a.Rows, a.Columns, "The third operand");
        Elementwise.Map(a.ReadOnlyValues, b.ReadOnlyValues, c.ReadOnlyValues, Values, f);
    }

    /// <summary>
    /// Sets element i to f(xᵢ, i), where i counts from 0, row after row. This may be x itself.
    /// </summary>
    internal void SetIndexed<TFormula>(Matrix x, TFormula f) where TFormula : struct, IIndexedFormula
    {
        CheckShape(x.Rows, x.Columns, "The matrix to set");
        Elementwise.MapIndexed(x.ReadOnlyValues, Values, f);
    }

    /// <summary>
    /// Applies one step of an update rule to these weights, and to what the optimiser keeps for each.
    /// </summary>
    /// <param name="gradient">∂C/∂w, of the same shape.</param>
    /// <param name="moment">One value per weight, of the same shape. It changes too.</param>
    /// <param name="rule">The rule.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public void Update<TRule>(Matrix gradient, Matrix moment, TRule rule) where TRule : struct, IOneMomentRule
    {
        gradient.CheckShape(Rows, Columns, "The gradient");
        moment.CheckShape(Rows, Columns, "The optimiser's moment");
        Elementwise.Update(Values, gradient.Values, moment.Values, rule);
    }

    /// <summary>
    /// Applies one step of an update rule to these weights, and to the two values that the optimiser keeps for
    /// each.
    /// </summary>
    /// <param name="gradient">∂C/∂w, of the same shape.</param>
    /// <param name="first">The first moment: one value per weight, of the same shape. It changes too.</param>
    /// <param name="second">The second moment, of the same shape. It changes too.</param>
    /// <param name="rule">The rule.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public void Update<TRule>(Matrix gradient, Matrix first, Matrix second, TRule rule)
        where TRule : struct, ITwoMomentRule
    {
        gradient.CheckShape(Rows, Columns, "The gradient");
        first.CheckShape(Rows, Columns, "The optimiser's first moment");
        second.CheckShape(Rows, Columns, "The optimiser's second moment");
        Elementwise.Update(Values, gradient.Values, first.Values, second.Values, rule);
    }

    /// <summary>The first <paramref name="count"/> rows, as a view.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not that many rows.</exception>
    public Matrix FirstRows(int count) => RowRange(0, count);

    /// <summary><paramref name="count"/> rows from <paramref name="first"/> on, as a view.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not that many rows.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Matrix RowRange(int first, int count)
    {
        if (first < 0 || count < 0 || count > Rows - first)
            ThrowForRows(this, count);
        return new(count, Columns, buffer, offset + first * Columns);
    }

    /// <summary>The elements from index <paramref name="start"/> on, as a view of another shape.</summary>
    internal Matrix Part(int start, int rows, int columns) => start + rows * columns <= Rows * Columns
        ? new(rows, columns, buffer, offset + start)
        : throw new ArgumentOutOfRangeException(nameof(start), start, $"The matrix is {Shape}.");

    /// <summary>The largest magnitude of any element; NaN if one is infinite or NaN, and 0 if there are none.</summary>
    public float LargestMagnitude => Reductions.LargestMagnitude(ReadOnlyValues);

    /// <summary>The sum of the squares of all elements, in double precision; its root is the Euclidean norm.</summary>
    internal double SumOfSquares => Reductions.SumOfSquares(ReadOnlyValues);

    /// <summary>“rows × columns”, for messages.</summary>
    public string Shape => $"{Rows} × {Columns}";

    /// <inheritdoc/>
    public override string ToString() => $"Matrix {Shape}";

    /// <summary>Throws unless this has the expected shape.</summary>
    internal void CheckShape(int rows, int columns, string what)
    {
        if (Rows != rows || Columns != columns)
            ThrowForShape(this, rows, columns, what);
    }

    /// <summary>Throws if this overlaps an operand, which would be overwritten while it is still read.</summary>
    internal void CheckApart(Matrix operand) => CheckApart(ReadOnlyValues, operand.ReadOnlyValues);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void CheckApart(ReadOnlySpan<float> result, ReadOnlySpan<float> operand)
    {
        if (result.Overlaps(operand))
            ThrowForOverlap();
    }

    /// <summary>The index of the first value in the buffer.</summary>
    private int Start => offset & ~Mapped;

    /// <summary>The map, to be written together with the values; empty if there is none.</summary>
    private Span<ulong> Map => offset < 0 ? MappedBuffer.Map(buffer!, Start, Rows, Columns) : default;

    /// <summary>Must be called before a writable view is given out: the map would not follow what is written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void EndMap()
    {
        if (offset < 0)
            MappedBuffer.EndMap(buffer!);
    }

    private Span<float> RowView(int row)
    {
        if ((uint)row >= (uint)Rows)
            throw new ArgumentOutOfRangeException(nameof(row), row, $"The matrix is {Shape}.");
        return buffer.AsSpan(Start + row * Columns, Columns);
    }

    private static int CheckedSize(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        var size = (long)rows * columns;
        if (size > Array.MaxLength)
            ThrowForSize(rows, columns);
        return (int)size;
    }

    private static void ThrowForSize(int rows, int columns) => throw new ArgumentOutOfRangeException(
        nameof(columns),
        $"A matrix of {rows} × {columns} has {(long)rows * columns} numbers; the most is {Array.MaxLength}.");

    private static void ThrowForShape(Matrix found, int rows, int columns, string what) =>
        throw new ArgumentException($"{what} is {found.Shape}, but {rows} × {columns} is expected.");

    private static void ThrowForRows(Matrix whole, int count) =>
        throw new ArgumentOutOfRangeException(nameof(count), count, $"The matrix is {whole.Shape}.");

    private static void ThrowForOverlap() =>
        throw new ArgumentException(
            "The result of a product must not share its numbers with an operand. Set another matrix.");

    private static void ThrowForLength(float[] buffer, int offset, int rows, int columns) =>
        throw new ArgumentException(
            $"A matrix of {rows} × {columns} from {offset} on needs {(long)offset + (long)rows * columns} numbers, " +
            $"but the buffer has {buffer.Length}.",
            nameof(buffer));
}
