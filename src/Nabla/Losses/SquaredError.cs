using Nabla.Formulas;

namespace Nabla;

/// <summary>The squared error: C = 1/B · Σ over examples of Σ over outputs of (a − y)².</summary>
/// <remarks>
/// ∂C/∂a = 2(a − y)/B. (Some books halve the cost to lose the 2; some libraries also divide by the number of outputs.
/// Neither is done here.)
/// </remarks>
public sealed class SquaredError : Loss
{
    /// <inheritdoc/>
    public override string Name => "squared-error";

    /// <inheritdoc/>
    public override string DerivativeFormula => "2·(a − y)";

    /// <inheritdoc/>
    protected override double CostOfExample(ReadOnlySpan<float> output, ReadOnlySpan<float> target) =>
        Rows.SumOfSquaredDifferences(output, target);                       // Σ (a − y)²

    /// <inheritdoc/>
    private protected override double CostOfBatch(Matrix output, Matrix target) =>
        Rows.SumOfSquaredDifferences(output.ReadOnlyValues, target.ReadOnlyValues);

    /// <inheritdoc/>
    protected override void ComputeBackward(Matrix output, Matrix target, Matrix dOutput) =>
        dOutput.Set(output, target, new Derivative(2f / output.Rows));

    private readonly struct Derivative(float twoOverB) : IBinaryFormula
    {
        public V Of<V>(V a, V y) where V : struct, ILanes<V> => twoOverB * (a - y);    // ∂C/∂a = 2(a − y)/B
    }
}
