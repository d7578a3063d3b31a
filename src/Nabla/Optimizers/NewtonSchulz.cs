namespace Nabla;

/// <summary>
/// Makes a matrix approximately orthogonal: of U = P·S·Qᵀ (its singular value decomposition) it keeps P and Qᵀ, and
/// moves every singular value that is not tiny close to 1, with matrix products alone.
/// </summary>
/// <remarks>
/// X ← U / ‖U‖, then five times X ← a·X + b·(X·Xᵀ)·X + c·(X·Xᵀ)²·X, which maps each singular value s to a·s + b·s³ +
/// c·s⁵. The coefficients raise small ones fastest, and leave all between about 0.7 and 1.2 (Jordan et al., 2024;
/// Bernstein and Newhouse, 2024).
/// </remarks>
internal sealed class NewtonSchulz
{
    private const int Steps = 5;
    private const float A = 3.4445f, B = -4.7750f, C = 2.0315f;

    private Matrix first, second, gram, gramSquared;    // scratch buffers for the largest matrix

    /// <summary>Allocates scratch buffers that are large enough for all matrices among these.</summary>
    public void Allocate(ReadOnlySpan<Parameter> parameters)
    {
        var (largest, side) = (0, 0);
        foreach (var p in parameters)
            if (!p.IsVector)
                (largest, side) = (Math.Max(largest, p.Count), Math.Max(side, Math.Min(p.Rows, p.Columns)));
        (first, second) = (new Matrix(1, largest), new Matrix(1, largest));
        (gram, gramSquared) = (new Matrix(side, side), new Matrix(side, side));
    }

    /// <summary>A scratch buffer for a matrix that is to be made orthogonal.</summary>
    public Matrix Scratch(int rows, int columns) => first.Part(0, rows, columns);

    /// <summary>Makes <paramref name="x"/>, which came from <see cref="Scratch"/>, orthogonal in place.</summary>
    public Matrix Of(Matrix x)
    {
        var wide = x.Rows <= x.Columns;
        var side = Math.Min(x.Rows, x.Columns);
        Matrix xx = gram.Part(0, side, side), xxSquared = gramSquared.Part(0, side, side);
        var product = second.Part(0, x.Rows, x.Columns);
        x.Set(x, new Multiple((float)(1 / (Math.Sqrt(x.SumOfSquares) + 1e-7))));        // no singular value is above 1
        for (var step = 0; step < Steps; step++)
        {
            xx.Set(wide ? x * x.T : x.T * x);                                           // the smaller of the two
            xxSquared.Set(xx * xx);
            xx.Set(xx, xxSquared, new Combination(B, C));                               // b·(X·Xᵀ) + c·(X·Xᵀ)²
            product.Set(wide ? xx * x : x * xx);
            x.Set(x, product, new Combination(A, 1));
        }
        return x;
    }
}
