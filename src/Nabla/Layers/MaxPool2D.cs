using Nabla.Kernels;

namespace Nabla;

/// <summary>Of each window the largest pixel: y(c, r, q) = max over i, j of x(c, s·r + i − p, s·q + j − p).</summary>
/// <remarks>
/// Only the pixel that was the largest had a say, so all of ∂C/∂y goes to it. Of equal ones the first is taken, row by row, as PyTorch takes it. The
/// border, if there is one, is never taken. (Ranzato, Huang, Boureau and LeCun, “Unsupervised Learning of Invariant Feature Hierarchies”, 2007.)
/// </remarks>
/// <param name="kernel">k, how many pixels wide and high the window is.</param>
/// <param name="stride">s, how many pixels it advances; if null, as many as it is wide.</param>
/// <param name="padding">p, how many pixels are put around the image, on each side; at most half the window.</param>
public sealed class MaxPool2D(int kernel, int? stride = null, int padding = 0) : Pool2D(kernel, stride, padding)
{
    private protected override string Kind => "max-pool";

    /// <inheritdoc/>
    public override int KinkSignature(Matrix x, Pass pass) => Rows.Hash(Winners(x.Rows, pass).Values);

    /// <inheritdoc/>
    public override void Forward(Matrix x, Matrix y, Pass pass) =>
        MaxPooling.Forward(x.ReadOnlyValues, y.Values, pass.IsTraining ? Winners(x.Rows, pass).Values : [], Sizes);

    /// <inheritdoc/>
    public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
    {
        if (!dX.IsEmpty)
            MaxPooling.Backward(dY.Values, Winners(x.Rows, pass).Values, dX.Values, Sizes);
    }

    /// <summary>Which pixel of its window each output was.</summary>
    private Matrix Winners(int batch, Pass pass) => pass.Memory(this, "winners", batch, OutputShape.Size);
}
