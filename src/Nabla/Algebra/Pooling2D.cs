using Nabla.Kernels;

namespace Nabla;

/// <summary>
/// Pooling of a batch of images: each window of a channel becomes one value, its maximum or its mean. It describes the
/// operation; <see cref="MaxPool2D"/> and <see cref="AveragePool2D"/> have the formulas.
/// </summary>
/// <remarks>Shapes: X (B, C·H·W), Y (B, C·H′·W′).</remarks>
/// <param name="Input">C, H and W of an image.</param>
/// <param name="Kernel">k, the height and width of the window in pixels.</param>
/// <param name="Stride">s, how many pixels the window advances.</param>
/// <param name="Padding">p, how many pixels are put around the image on each side.</param>
internal readonly record struct Pooling2D(Shape Input, int Kernel, int Stride, int Padding)
{
    /// <summary>C, H′ and W′: the shape of what leaves.</summary>
    public Shape Output => new(Input.Channels, Windows.OutputHeight, Windows.OutputWidth);

    private PoolSizes Windows => new(Input.Height, Input.Width, Kernel, Stride, Padding);

    /// <summary>
    /// Y: the maximum of each window. In training it remembers which pixel that was, for <see cref="MaxGradient"/>.
    /// </summary>
    public void Max(Matrix x, Matrix y, OperationMemory memory)
    {
        CheckShapes(x, y);
        MaxPooling.Forward(
            x.ReadOnlyValues, y.Values, memory.IsTraining ? Winners(x.Rows, memory).Values : [], Windows);
    }

    /// <summary>∂C/∂X: each ∂C/∂Y goes to the pixel that was the maximum of its window in the forward pass.</summary>
    public void MaxGradient(Matrix dY, Matrix dX, OperationMemory memory)
    {
        CheckShapes(dX, dY);
        MaxPooling.Backward(dY.Values, Winners(dY.Rows, memory).Values, dX.Values, Windows);
    }

    /// <summary>Which pixel of its window each value of Y was, counted row by row, for a batch of this size.</summary>
    public Matrix Winners(int batch, OperationMemory memory) => memory.Matrix("winners", batch, Output.Size);

    /// <summary>Y: the mean of each window, zeros of the border included.</summary>
    public void Average(Matrix x, Matrix y)
    {
        CheckShapes(x, y);
        AveragePooling.Forward(x.ReadOnlyValues, y.Values, Windows);
    }

    /// <summary>∂C/∂X: each ∂C/∂Y goes to all pixels of its window in equal shares.</summary>
    public void AverageGradient(Matrix dY, Matrix dX)
    {
        CheckShapes(dX, dY);
        AveragePooling.Backward(dY.Values, dX.Values, Windows);
    }

    private void CheckShapes(Matrix x, Matrix y)
    {
        x.CheckShape(x.Rows, Input.Size, "The batch of images");
        y.CheckShape(x.Rows, Output.Size, "The batch of results");
        y.CheckApart(x);
    }
}
