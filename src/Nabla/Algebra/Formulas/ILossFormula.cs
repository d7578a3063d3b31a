namespace Nabla.Formulas;

/// <summary>
/// The cost of one output and its slope, for a loss that is a sum over outputs:
/// <see cref="ElementwiseLoss{TFormula}"/>.
/// </summary>
/// <remarks>
/// Implement it by a <c>readonly struct</c>. The division by the number of examples is not part of it; the loss does
/// that.
/// </remarks>
public interface ILossFormula
{
    /// <summary>The cost of one output, in double precision, since costs are added up in double precision.</summary>
    /// <param name="a">What the network gave.</param>
    /// <param name="y">What it should have given.</param>
    public double Cost(double a, double y);

    /// <summary>The derivative of <see cref="Cost"/> with respect to a.</summary>
    /// <param name="a">What the network gave.</param>
    /// <param name="y">What it should have given.</param>
    public V Slope<V>(V a, V y) where V : struct, ILanes<V>;
}
