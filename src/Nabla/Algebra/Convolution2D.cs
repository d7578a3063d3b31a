using Nabla.Kernels;

namespace Nabla;

/// <summary>
/// The convolution of a batch of images with filters, and its derivatives. It describes the operation: the shape of an
/// image, the filters and how they move over it. <see cref="Conv2D"/> has the formulas.
/// </summary>
/// <remarks>
/// Shapes: X (B, C·H·W), W (O, C/g·k·k), b (1, O), Y (B, O·H′·W′). Images with their border of zeros, weights in the
/// order in which they are read, and all scratch buffers lie in the <see cref="OperationMemory"/>, which must be the
/// same in the forward and the backward pass. A batch may be smaller or larger than the one before it.
/// </remarks>
internal sealed class Convolution2D
{
    private readonly Shape input;
    private readonly int filters, filterSize;
    private readonly Convolution kernels;               // the plan: which kernel computes what; made once

    /// <summary>Describes a convolution whose sizes are known to fit.</summary>
    /// <param name="input">C, H and W of an image.</param>
    /// <param name="filters">O, the number of filters.</param>
    /// <param name="kernel">k, the height and width of the window in pixels.</param>
    /// <param name="stride">s, how many pixels the window advances.</param>
    /// <param name="padding">p, how many zeros are put around the image on each side.</param>
    /// <param name="dilation">d, the distance in pixels between two neighbouring weights of a window.</param>
    /// <param name="groups">g, the number of groups of channels and filters.</param>
    public Convolution2D(
        Shape input, int filters, int kernel, int stride = 1, int padding = 0, int dilation = 1, int groups = 1)
    {
        var sizes = new ConvolutionSizes(
            input.Channels, input.Height, input.Width, filters, kernel, stride, padding, dilation, groups);
        (this.input, this.filters, filterSize) = (input, filters, sizes.FilterSize);
        kernels = new Convolution(sizes);
        Output = new(filters, sizes.OutputHeight, sizes.OutputWidth);
    }

    /// <summary>O, H′ and W′: the shape of what leaves.</summary>
    public Shape Output { get; }

    /// <summary>Y from X, W and b. Remembers X with its border for <see cref="WeightGradient"/>.</summary>
    /// <param name="x">X.</param>
    /// <param name="weights">W.</param>
    /// <param name="bias">b; empty if there is none.</param>
    /// <param name="y">Becomes Y.</param>
    /// <param name="memory">The memory of this convolution in this pass.</param>
    public void Forward(Matrix x, Matrix weights, Matrix bias, Matrix y, OperationMemory memory)
    {
        CheckShapes(x, y);
        CheckWeights(weights);
        if (!bias.IsEmpty)
            bias.CheckShape(1, filters, "The bias");
        y.CheckApart(x);
        kernels.Forward(
            x.ReadOnlyValues, weights.Values, bias.Values, y.Values,
            kernels.ReadsImages ? [] : Padded(x, memory).Values, Packed(memory), Scratch(x.Rows, memory), x.Rows);
    }

    /// <summary>∂C/∂W from ∂C/∂Y and the X of the forward pass.</summary>
    public void WeightGradient(Matrix x, Matrix dY, Matrix dW, OperationMemory memory)
    {
        CheckShapes(x, dY);
        CheckWeights(dW);
        var transposed = memory.Matrix("transposed", Math.Min(x.Rows, kernels.ExamplesAtOnce), Output.Size);
        var sums = memory.Matrix("sums", 1, kernels.SumsSize);
        kernels.WeightGradient(
            Padded(x, memory).ReadOnlyValues, dY.Values, dW.Values, transposed.Values, sums.Values, x.Rows);
    }

    /// <summary>∂C/∂X from ∂C/∂Y and W.</summary>
    public void InputGradient(Matrix dY, Matrix weights, Matrix dX, OperationMemory memory)
    {
        CheckShapes(dX, dY);
        CheckWeights(weights);
        dX.CheckApart(dY);
        kernels.InputGradient(
            dY.Values, weights.Values, dX.Values,
            PaddedDerivatives(dY.Rows, memory), Packed(memory), Scratch(dY.Rows, memory), dY.Rows);
    }

    /// <summary>X with its border of zeros, one image a row; X itself where it needs no copy.</summary>
    private Matrix Padded(Matrix x, OperationMemory memory) =>
        kernels.ReadsImages ? x : memory.Matrix("padded", x.Rows, kernels.PaddedSize);

    /// <summary>∂C/∂Y with its border, for as many examples as are computed at the same time.</summary>
    private Span<float> PaddedDerivatives(int batch, OperationMemory memory) => kernels.ReadsDerivatives
        ? default
        : memory.Matrix("padded derivatives", AtTheSameTime(batch), kernels.PaddedDerivativeSize).Values;

    /// <summary>The weights in the order in which the kernels read them.</summary>
    private Span<float> Packed(OperationMemory memory) => memory.Matrix("packed", 1, kernels.PackedSize).Values;

    /// <summary>Scratch of the kernels, for as many examples as are computed at the same time.</summary>
    private Span<float> Scratch(int batch, OperationMemory memory) =>
        memory.Matrix("scratch", AtTheSameTime(batch), kernels.ScratchSize).Values;

    private static int AtTheSameTime(int batch) => Math.Min(batch, Convolution.MostParts);

    private void CheckShapes(Matrix x, Matrix y)
    {
        x.CheckShape(x.Rows, input.Size, "The batch of images");
        y.CheckShape(x.Rows, Output.Size, "The batch of results");
    }

    private void CheckWeights(Matrix weights) => weights.CheckShape(filters, filterSize, "The matrix of weights");
}
