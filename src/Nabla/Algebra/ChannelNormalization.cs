using Nabla.Kernels;

namespace Nabla;

/// <summary>
/// Normalisation of every channel of a batch: x̂ = (x − μ) / √(σ² + ε), y = γ·x̂ + β, and its derivatives.
/// <see cref="BatchNorm"/> has the formulas.
/// </summary>
/// <remarks>
/// Shapes: X and Y (B, C·H·W); γ, β, μ and σ² (1, C). The statistics of the forward pass lie in the
/// <see cref="OperationMemory"/>.
/// </remarks>
/// <param name="Input">C, H and W of an example.</param>
/// <param name="Epsilon">ε, which is added to the variance.</param>
internal readonly record struct ChannelNormalization(Shape Input, double Epsilon)
{
    /// <summary>Y, with μ and σ² of each channel over the examples and pixels of this batch. Returns these.</summary>
    public ChannelMoments Forward(Matrix x, Matrix scale, Matrix shift, Matrix y, OperationMemory memory)
    {
        CheckShapes(x, y);
        var statistics = Statistics(memory);
        Normalization.Moments(x.ReadOnlyValues, ChannelsOf(x), statistics);
        Apply(x, scale, shift, y, statistics);
        return new(statistics.Mean, statistics.Variance);
    }

    /// <summary>Y, with μ and σ² that are given.</summary>
    public void Forward(
        Matrix x, Matrix mean, Matrix variance, Matrix scale, Matrix shift, Matrix y, OperationMemory memory)
    {
        CheckShapes(x, y);
        CheckRow(mean, "The row of means");
        CheckRow(variance, "The row of variances");
        var statistics = Statistics(memory);
        mean.Values.CopyTo(statistics.Mean);
        variance.Values.CopyTo(statistics.Variance);
        statistics.Rest.Clear();
        Apply(x, scale, shift, y, statistics);
    }

    /// <summary>∂C/∂γ = Σ δ·x̂ and ∂C/∂β = Σ δ, with δ = ∂C/∂Y and the x̂ of the forward pass.</summary>
    public void ParameterGradients(Matrix x, Matrix dY, Matrix dScale, Matrix dShift, OperationMemory memory)
    {
        CheckShapes(x, dY);
        Normalization.Sums(
            dY.Values, x.ReadOnlyValues, ChannelsOf(x), Statistics(memory),
            sums: dShift.Values, products: dScale.Values);
    }

    /// <summary>
    /// ∂C/∂X = γ / √(σ² + ε) · (δ − (∂C/∂β + x̂·∂C/∂γ) / n), for the statistics of a batch with n values a channel.
    /// </summary>
    /// <param name="x">X.</param>
    /// <param name="dY">δ.</param>
    /// <param name="scale">γ.</param>
    /// <param name="dScale">∂C/∂γ.</param>
    /// <param name="dShift">∂C/∂β.</param>
    /// <param name="dX">Becomes ∂C/∂X.</param>
    /// <param name="memory">The memory of the forward pass.</param>
    public void InputGradient(
        Matrix x, Matrix dY, Matrix scale, Matrix dScale, Matrix dShift, Matrix dX, OperationMemory memory)
    {
        CheckShapes(x, dY);
        CheckShapes(x, dX);
        Normalization.Backward(
            dY.Values, x.ReadOnlyValues, dX.Values, ChannelsOf(x), Statistics(memory), scale.Values,
            sums: dShift.Values, products: dScale.Values);
    }

    private void Apply(Matrix x, Matrix scale, Matrix shift, Matrix y, ChannelStatistics statistics)
    {
        statistics.SetFactors(Epsilon);
        Normalization.Apply(x.ReadOnlyValues, y.Values, ChannelsOf(x), statistics, scale.Values, shift.Values);
    }

    private Channels ChannelsOf(Matrix x) => new(x.Rows, Input.Channels, Input.Pixels);

    private ChannelStatistics Statistics(OperationMemory memory) =>
        new(memory.Matrix("statistics", ChannelStatistics.Rows, Input.Channels).Values);

    private void CheckShapes(Matrix x, Matrix y)
    {
        x.CheckShape(x.Rows, Input.Size, "The batch");
        y.CheckShape(x.Rows, Input.Size, "The batch of results");
    }

    private void CheckRow(Matrix row, string what) => row.CheckShape(1, Input.Channels, what);
}

/// <summary>μ and σ² of each channel of a batch. The divisor of σ² is the number of values.</summary>
internal readonly ref struct ChannelMoments(ReadOnlySpan<float> mean, ReadOnlySpan<float> variance)
{
    /// <summary>μ.</summary>
    public ReadOnlySpan<float> Mean { get; } = mean;

    /// <summary>σ².</summary>
    public ReadOnlySpan<float> Variance { get; } = variance;
}
