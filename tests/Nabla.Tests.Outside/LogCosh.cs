using Nabla.Formulas;

namespace Nabla.Tests.Outside;

/// <summary>
/// A loss of your own: C = 1/B · Σ over examples and outputs of ln cosh(a − y). Near the target it is half a squared
/// error, far from it an absolute error.
/// </summary>
/// <remarks>
/// Give the cost of one output, in double precision, and its slope. The mean over the batch and the division by B are
/// the library's.
/// </remarks>
public sealed class LogCosh() : ElementwiseLoss<LogCosh.Formula>(default)
{
    public override string Name => "log-cosh";

    /// <summary>ln cosh(a − y), and its slope, tanh(a − y).</summary>
    public readonly struct Formula : ILossFormula
    {
        public double Cost(double a, double y)
        {
            var e = Math.Abs(a - y);
            return e + Math.Log((1 + Math.Exp(-2 * e)) / 2);        // = ln cosh e, where cosh would overflow
        }

        public V Slope<V>(V a, V y) where V : struct, ILanes<V> => Functions.Tanh(a - y);
    }
}
