namespace Nabla;

/// <summary>
/// The largest pixel of each window: y(c, r, q) = max over i, j of x(c, s·r + i − p, s·q + j − p).
/// </summary>
/// <remarks>
/// Only the largest pixel of a window has any influence, so all of ∂C/∂y goes to it. Of equal ones the first counts,
/// row by row, as in PyTorch. The border, if there is one, never counts. (Ranzato, Huang, Boureau and LeCun,
/// “Unsupervised Learning of Invariant Feature Hierarchies”, 2007.)
/// </remarks>
/// <param name="kernel">k, the height and width of the window in pixels.</param>
/// <param name="stride">s, how many pixels the window advances; if null, its width.</param>
/// <param name="padding">p, how many pixels are put around the image on each side; at most half the window.</param>
public sealed class MaxPool2D(int kernel, int? stride = null, int padding = 0) : Pool2D(kernel, stride, padding)
{
    private protected override string Kind => "max-pool";

    /// <inheritdoc/>
    public override int KinkSignature(Matrix x, Pass pass) =>
        Rows.Hash(Pooling.Winners(x.Rows, pass.Memory(this)).Values);

    /// <inheritdoc/>
    public override void Forward(Matrix x, Matrix y, Pass pass) =>
        Pooling.Max(x, y, pass.Memory(this));               // y(c, r, q) = max x(c, s·r + i − p, s·q + j − p)

    /// <inheritdoc/>
    public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
    {
        if (!dX.IsEmpty)
            Pooling.MaxGradient(dY, dX, pass.Memory(this)); // ∂C/∂x(c, u, v) = Σ δ of the windows where (u, v) won
    }
}
