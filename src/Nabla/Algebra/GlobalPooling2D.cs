using Nabla.Formulas;
using Nabla.Kernels;

namespace Nabla;

/// <summary>The mean of each channel of a batch of images, and its derivative.</summary>
/// <remarks>Shapes: X (B, C·H·W), Y (B, C).</remarks>
/// <param name="Input">C, H and W of an image.</param>
internal readonly record struct GlobalPooling2D(Shape Input)
{
    /// <summary>Y: the mean of each channel of each example.</summary>
    public void Average(Matrix x, Matrix y)
    {
        CheckShapes(x, y);
        // as if all channels belonged to one example
        Reductions.SumChannels(x.ReadOnlyValues, y.Values, Input.Pixels);
        y.Set(y, new DividedBy(Input.Pixels));
    }

    /// <summary>∂C/∂X: each ∂C/∂Y goes to all pixels of its channel in equal shares.</summary>
    public void AverageGradient(Matrix dY, Matrix dX)
    {
        CheckShapes(dX, dY);
        ReadOnlySpan<float> derivatives = dY.Values;
        var shares = dX.Values;
        for (var channel = 0; channel < derivatives.Length; channel++)
            shares.Slice(channel * Input.Pixels, Input.Pixels).Fill(derivatives[channel] / Input.Pixels);
    }

    private void CheckShapes(Matrix x, Matrix y)
    {
        x.CheckShape(x.Rows, Input.Size, "The batch of images");
        y.CheckShape(x.Rows, Input.Channels, "The batch of results");
        y.CheckApart(x);
    }

    private readonly struct DividedBy(float count) : IUnaryFormula
    {
        public V Of<V>(V sum) where V : struct, ILanes<V> => sum / V.Of(count);
    }
}
