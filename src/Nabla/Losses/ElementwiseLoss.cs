using System.Runtime.CompilerServices;
using Nabla.Formulas;

namespace Nabla;

/// <summary>
/// A loss that is a sum over outputs: C = 1/B · Σ over examples of Σ over outputs of cost(a, y). To write your own,
/// derive from this class, and give the cost of one output and its slope.
/// </summary>
/// <typeparam name="TFormula">
/// The cost of one output and its slope. It is a struct, so that the compiler builds the loop around it.
/// </typeparam>
/// <param name="formula">The formula with its settings; <c>default</c> if it has none.</param>
public abstract class ElementwiseLoss<TFormula>(TFormula formula) : Loss
    where TFormula : struct, ILossFormula
{
    /// <summary>B, the number of examples.</summary>
    public sealed override double WeightOf(Matrix target) => target.Rows;

    /// <inheritdoc/>
    protected sealed override double CostOfExample(ReadOnlySpan<float> output, ReadOnlySpan<float> target)
    {
        var f = formula;                                                        // a copy can stay in registers
        var cost = 0.0;
        for (var i = 0; i < output.Length; i++)
            cost += f.Cost(output[i], target[i]);                               // Σ over outputs of cost(a, y)
        return cost;
    }

    /// <inheritdoc/>
    protected sealed override void ComputeBackward(Matrix output, Matrix target, Matrix dOutput) =>
        dOutput.Set(output, target, new BackwardFormula(formula, 1f / output.Rows));

    private readonly struct BackwardFormula(TFormula f, float oneOverB) : IBinaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V a, V y) where V : struct, ILanes<V> => oneOverB * f.Slope(a, y);      // ∂C/∂a = slope/B
    }
}
