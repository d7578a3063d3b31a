using Nabla.Formulas;
using Nabla.Kernels;

namespace Nabla;

/// <summary>Of each channel the mean over all its pixels: y(c) = 1/(H·W) · Σ over r, q of x(c, r, q). Images become one number for each channel.</summary>
/// <remarks>
/// Before a last dense layer it takes the place of many weights: the layer need not know where something was seen (Lin, Chen and Yan, “Network In Network”, 2013, section 3.2).
/// Every pixel had the same say: ∂C/∂x = ∂C/∂y / (H·W).
/// </remarks>
public sealed class GlobalAveragePool2D : Layer
{
    /// <inheritdoc/>
    public override string Description => "global-average-pool";

    /// <inheritdoc/>
    protected override Shape Build(Shape input) => Shape.Flat(input.Channels);

    /// <inheritdoc/>
    public override void Forward(Matrix x, Matrix y, Pass pass)
    {
        Reductions.SumChannels(x.Values, y.Values, InputShape.Pixels);      // each channel of each example
        y.Set(y, new Share(InputShape.Pixels));
    }

    /// <inheritdoc/>
    public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
    {
        if (dX.IsEmpty)
            return;
        var pixels = InputShape.Pixels;
        for (var channel = 0; channel < dY.Values.Length; channel++)
            dX.Values.Slice(channel * pixels, pixels).Fill(dY.Values[channel] / pixels);
    }

    private readonly struct Share(float pixels) : IUnaryFormula
    {
        public V Of<V>(V sum) where V : struct, ILanes<V> => sum / V.Of(pixels);
    }
}
