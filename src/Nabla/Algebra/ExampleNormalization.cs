using Nabla.Kernels;

namespace Nabla;

/// <summary>
/// Normalisation of every example of a batch: x̂ = (x − μ) / √(σ² + ε), y = γ ⊙ x̂ + β, and its derivatives.
/// <see cref="LayerNorm"/> has the formulas.
/// </summary>
/// <remarks>
/// Shapes: X and Y (B, I); γ and β (1, I). μ and σ² of each example lie in the <see cref="OperationMemory"/>, and in
/// training x̂ too.
/// </remarks>
/// <param name="Input">The shape of an example, of I values.</param>
/// <param name="Epsilon">ε, which is added to the variance.</param>
internal readonly record struct ExampleNormalization(Shape Input, double Epsilon)
{
    /// <summary>Y, with μ and σ² of each example over all its values.</summary>
    public void Forward(Matrix x, Matrix scale, Matrix shift, Matrix y, OperationMemory memory)
    {
        CheckShapes(x, y);
        var statistics = Statistics(x, memory);
        var normalized = memory.IsTraining ? Normalized(x, memory) : y;         // a prediction need not remember x̂
        Normalization.Moments(x.ReadOnlyValues, ExamplesOf(x), statistics);             // μ and σ²
        statistics.SetFactors(Epsilon);                                         // 1 / √(σ² + ε)
        Normalization.Apply(
            x.ReadOnlyValues, normalized.Values, ExamplesOf(x), statistics, scale: [], shift: []);      // x̂
        for (var example = 0; example < x.Rows; example++)
        {
            var row = y.RowRange(example, 1);
            row.Set(normalized.RowRange(example, 1), scale, default(Times));
            row.Set(row, shift, default(Plus));                                 // γ ⊙ x̂ + β
        }
    }

    /// <summary>∂C/∂γ = Σ δ ⊙ x̂ and ∂C/∂β = Σ δ over the examples, with δ = ∂C/∂Y.</summary>
    public void ParameterGradients(Matrix dY, Matrix dScale, Matrix dShift, OperationMemory memory)
    {
        CheckShapes(dY, dY);
        var products = memory.Matrix("g", dY.Rows, dY.Columns);
        products.Set(dY, Normalized(dY, memory), default(Times));
        dScale.Set(products.ColumnSums());
        dShift.Set(dY.ColumnSums());
    }

    /// <summary>
    /// ∂C/∂X = (g − (Σ g + x̂·Σ g·x̂) / n) / √(σ² + ε) within each example of n values, with g = γ ⊙ δ.
    /// </summary>
    public void InputGradient(Matrix x, Matrix dY, Matrix scale, Matrix dX, OperationMemory memory)
    {
        CheckShapes(x, dY);
        CheckShapes(x, dX);
        var g = memory.Matrix("g", x.Rows, x.Columns);
        for (var example = 0; example < x.Rows; example++)
            g.RowRange(example, 1).Set(dY.RowRange(example, 1), scale, default(Times));
        var statistics = Statistics(x, memory);
        var sums = memory.Matrix("sums", 2, x.Rows);                            // Σ g and Σ g·x̂ of each example
        Normalization.Sums(g.Values, x.ReadOnlyValues, ExamplesOf(x), statistics, sums.Row(0), sums.Row(1));
        Normalization.Backward(
            g.Values, x.ReadOnlyValues, dX.Values, ExamplesOf(x), statistics, scale: [], sums.Row(0), sums.Row(1));
    }

    private void CheckShapes(Matrix x, Matrix y)
    {
        x.CheckShape(x.Rows, Input.Size, "The batch");
        y.CheckShape(x.Rows, Input.Size, "The batch of results");
    }

    /// <summary>To the kernels, the examples are the channels of one single example.</summary>
    private static Channels ExamplesOf(Matrix x) => new(1, x.Rows, x.Columns);

    private static ChannelStatistics Statistics(Matrix x, OperationMemory memory) =>
        new(memory.Matrix("statistics", ChannelStatistics.Rows, x.Rows).Values);

    private static Matrix Normalized(Matrix x, OperationMemory memory) =>
        memory.Matrix("normalized", x.Rows, x.Columns);
}
