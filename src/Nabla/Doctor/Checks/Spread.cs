namespace Nabla.Doctor;

/// <summary>
/// About a thousand of a matrix's values, evenly spread and always the same ones, so that looking at a large layer
/// takes no longer than looking at a small one. They are every n-th value, where n has no common divisor with the
/// number of columns and so reaches all columns.
/// </summary>
internal readonly ref struct Spread
{
    private const int Most = 1024;

    private readonly ReadOnlySpan<float> values;
    private readonly int stride;

    public Spread(ReadOnlyMatrix matrix)
    {
        values = matrix.Values;
        stride = (values.Length + Most - 1) / Most;
        while (stride > 1 && Divisor(stride, matrix.Columns) > 1)
            stride++;
    }

    public Enumerator GetEnumerator() => new(values, stride);

    /// <summary>√(mean of the squares), summed in double precision.</summary>
    public double RootMeanSquare()
    {
        var sum = 0.0;
        var count = 0;
        foreach (var value in this)
        {
            sum += (double)value * value;
            count++;
        }
        return Math.Sqrt(sum / count);
    }

    private static int Divisor(int a, int b) => b == 0 ? a : Divisor(b, a % b);

    public ref struct Enumerator(ReadOnlySpan<float> values, int stride)
    {
        private readonly ReadOnlySpan<float> values = values;
        private int at = -stride;

        public readonly float Current => values[at];

        public bool MoveNext() => (at += stride) < values.Length;
    }
}
