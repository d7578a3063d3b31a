using Nabla.Kernels;

namespace Nabla;

/// <summary>Of each window the mean: y(c, r, q) = 1/k² · Σ over i, j of x̄(c, s·r + i, s·q + j), with the border x̄ of zeros counted.</summary>
/// <remarks>
/// Every pixel of a window had the same say: ∂C/∂y goes to all in equal shares. The mean is always over k² pixels, also where some are border: what PyTorch calls
/// <c>count_include_pad=True</c>, its default.
/// </remarks>
/// <param name="kernel">k, how many pixels wide and high the window is.</param>
/// <param name="stride">s, how many pixels it advances; if null, as many as it is wide.</param>
/// <param name="padding">p, how many zeros are put around the image, on each side; at most half the window.</param>
public sealed class AveragePool2D(int kernel, int? stride = null, int padding = 0) : Pool2D(kernel, stride, padding)
{
    private protected override string Kind => "average-pool";

    /// <inheritdoc/>
    public override void Forward(Matrix x, Matrix y, Pass pass) => AveragePooling.Forward(x.ReadOnlyValues, y.Values, Sizes);

    /// <inheritdoc/>
    public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
    {
        if (!dX.IsEmpty)
            AveragePooling.Backward(dY.Values, dX.Values, Sizes);
    }
}
