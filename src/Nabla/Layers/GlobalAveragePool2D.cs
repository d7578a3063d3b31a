namespace Nabla;

/// <summary>
/// The mean of each channel over all its pixels: y(c) = 1/(H·W) · Σ over r, q of x(c, r, q). An image becomes one value
/// for each channel.
/// </summary>
/// <remarks>
/// Before a last dense layer it replaces many weights: the layer need not learn where something was seen (Lin, Chen and
/// Yan, “Network In Network”, 2013, section 3.2). Every pixel has the same influence: ∂C/∂x = ∂C/∂y / (H·W).
/// </remarks>
public sealed class GlobalAveragePool2D : Layer
{
    /// <inheritdoc/>
    public override string Description => "global-average-pool";

    private GlobalPooling2D Pooling => new(InputShape);

    /// <inheritdoc/>
    protected override Shape Build(Shape input) => Shape.Flat(input.Channels);

    /// <inheritdoc/>
    public override void Forward(Matrix x, Matrix y, Pass pass) =>
        Pooling.Average(x, y);                              // y(c) = 1/(H·W) · Σ x(c, r, q)

    /// <inheritdoc/>
    public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
    {
        if (!dX.IsEmpty)
            Pooling.AverageGradient(dY, dX);                // ∂C/∂x(c, r, q) = ∂C/∂y(c) / (H·W)
    }
}
