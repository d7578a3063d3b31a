using Nabla.Formulas;

namespace Nabla.Data;

/// <summary>
/// The random displacements of a <see cref="RandomElastic"/> distortion: U = α·G·N·Hᵀ for each of the two directions,
/// where N is noise, and G[y, i] and H[x, j] are the strengths with which the noise at node i (j) moves the pixels of
/// row y (column x).
/// </summary>
/// <remarks>
/// A Gaussian blur is a product with such a matrix from each side, because e^−(x² + y²)/2σ² = e^−x²/2σ²·e^−y²/2σ². In
/// the paper there is a node of noise for each pixel. But a field that smooth needs fewer: the nodes lie s pixels
/// apart, where s is the largest integer up to σ / 2 (1 for a small σ), and G[y, i] = √s·g(y − s·i). Mean, variance
/// and correlation of the displacements stay the same within 3 in 10,000, with a ninth of the noise for σ = 6. g is
/// cut off at 4σ, and N extends that far beyond the edges.
/// </remarks>
internal sealed class DisplacementField
{
    private readonly Matrix down;                       // α·G   (height, nodes down)
    private readonly Matrix across;                     // Hᵀ    (nodes across, width)

    /// <summary>Creates the fields of one distortion for images of one size.</summary>
    public DisplacementField(RandomElastic elastic, ImageSize size)
    {
        down = Weights(size.Height, elastic.Sigma, elastic.Alpha);
        var weights = Weights(size.Width, elastic.Sigma, 1);
        across = new(weights.Columns, weights.Rows);
        for (var x = 0; x < weights.Rows; x++)
            for (var j = 0; j < weights.Columns; j++)
                across[j, x] = weights[x, j];
    }

    /// <summary>Allocates the buffers for one pair of fields, for <see cref="Draw"/>.</summary>
    public Buffers NewBuffers() => new(
        Noise: new(2 * down.Columns, across.Rows),
        Smooth: new(2 * down.Columns, across.Columns),
        Dx: new(down.Rows, across.Columns),
        Dy: new(down.Rows, across.Columns));

    /// <summary>Draws the two fields, the horizontal and the vertical displacements in pixels.</summary>
    public void Draw(RandomGenerator random, Buffers buffers)
    {
        random.FillUniform(buffers.Noise.Values);
        Smooth(buffers);
    }

    /// <summary>Computes the two fields from the noise in the buffers,
    /// whose upper half belongs to the horizontal one.</summary>
    public void Smooth(Buffers buffers)
    {
        var (noise, smooth, dx, dy) = buffers;
        smooth.Set(noise * across);                                     // N·Hᵀ, for both directions at once
        dx.Set(down * smooth.FirstRows(down.Columns));                  // α·G·(N·Hᵀ)
        dy.Set(down * smooth.RowRange(down.Columns, down.Columns));
    }

    /// <summary>Computes √s·g(pixel − node), times a factor, for all pixels and nodes.</summary>
    private static Matrix Weights(int pixels, double sigma, double factor)
    {
        var step = Math.Max(1, (int)(sigma / 2));
        var reach = (int)Math.Ceiling(4 * sigma);
        var before = (reach + step - 1) / step;                         // nodes before the first pixel
        var nodes = before + (pixels - 1 + reach) / step + 1;
        double Bell(int distance) => ScalarMath.Exp(-0.5 * (distance / sigma) * (distance / sigma));
        var sum = 0.0;
        for (var distance = -reach; distance <= reach; distance++)
            sum += Bell(distance);
        var weights = new Matrix(pixels, nodes);
        for (var pixel = 0; pixel < pixels; pixel++)
            for (var node = 0; node < nodes; node++)
                if (pixel - step * (node - before) is var distance && Math.Abs(distance) <= reach)
                    weights[pixel, node] = (float)(factor * Math.Sqrt(step) * Bell(distance) / sum);
        return weights;
    }

    /// <summary>A pair of fields, and the buffers needed to draw it.</summary>
    internal sealed record Buffers(Matrix Noise, Matrix Smooth, Matrix Dx, Matrix Dy);
}
