namespace Nabla;

/// <summary>
/// Turns an image into the row of its values, channel after channel, each row by row. The values stay as they are:
/// y = x.
/// </summary>
/// <remarks>
/// A <see cref="Dense"/> layer accepts images without it. It is for those who want to state it, and counts as a layer,
/// as in PyTorch.
/// </remarks>
public sealed class Flatten : Layer
{
    /// <inheritdoc/>
    protected override Shape Build(Shape input) => Shape.Flat(input.Size);

    /// <inheritdoc/>
    public override void Forward(Matrix x, Matrix y, Pass pass) => x.ReadOnlyValues.CopyTo(y.Values);

    /// <inheritdoc/>
    public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
    {
        if (!dX.IsEmpty)
            dY.Values.CopyTo(dX.Values);
    }
}
