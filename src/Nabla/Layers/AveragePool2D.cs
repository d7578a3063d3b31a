namespace Nabla;

/// <summary>
/// The mean of each window: y(c, r, q) = 1/k² · Σ over i, j of x̄(c, s·r + i, s·q + j), where x̄ is the image with its
/// border of zeros.
/// </summary>
/// <remarks>
/// Every pixel of a window has the same influence, so ∂C/∂y is divided equally among them. The divisor is always k²,
/// also where some of the pixels are border: what PyTorch calls <c>count_include_pad=True</c>, its default.
/// </remarks>
/// <param name="kernel">k, the height and width of the window in pixels.</param>
/// <param name="stride">s, how many pixels the window advances; if null, its width.</param>
/// <param name="padding">p, how many zeros are put around the image on each side; at most half the window.</param>
public sealed class AveragePool2D(int kernel, int? stride = null, int padding = 0) : Pool2D(kernel, stride, padding)
{
    private protected override string Kind => "average-pool";

    /// <inheritdoc/>
    public override void Forward(Matrix x, Matrix y, Pass pass) =>
        Pooling.Average(x, y);                              // y(c, r, q) = 1/k² · Σ x̄(c, s·r + i, s·q + j)

    /// <inheritdoc/>
    public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
    {
        if (!dX.IsEmpty)
            Pooling.AverageGradient(dY, dX);                // ∂C/∂x̄(c, u, v) = 1/k² · Σ δ of the windows with (u, v)
    }
}
