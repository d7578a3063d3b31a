using System.Globalization;
using Nabla.Formulas;

namespace Nabla;

/// <summary>
/// Huber's loss of an error e = a − y: e²/2 where |e| ≤ δ; beyond, δ·(|e| − δ/2), a straight line that continues the
/// parabola. C = 1/B · Σ over examples and outputs.
/// </summary>
/// <remarks>
/// ∂C/∂a = e/B, limited to ±δ/B. Near the target it is a squared error (half of <see cref="SquaredError"/>), far from
/// it δ times <see cref="AbsoluteError"/>, so a few wrong targets cannot drown the others. Huber (1964), <i>Robust
/// estimation of a location parameter</i>.
/// </remarks>
/// <param name="delta">δ, the error up to which it is a squared error; in the unit of the targets.</param>
public sealed class Huber(double delta = 1) : ElementwiseLoss<Huber.Formula>(new(delta))
{
    /// <summary>δ, the error up to which it is a squared error.</summary>
    public double Delta { get; } = delta > 0 && double.IsFinite(delta)
        ? delta
        : throw new ArgumentOutOfRangeException(
            nameof(delta), delta,
            string.Create(CultureInfo.InvariantCulture, $"The δ of huber must be positive and finite, not {delta}."));

    /// <inheritdoc/>
    public override string Name => "huber";

    /// <inheritdoc/>
    public override string Description => string.Create(CultureInfo.InvariantCulture, $"huber {Delta}");

    /// <inheritdoc/>
    public override string DerivativeFormula =>
        string.Create(CultureInfo.InvariantCulture, $"a − y, but at most ±{Delta}");

    /// <summary>
    /// Changes where an error crosses ±δ. The slope has no jump there, but its own slope has one, which would spoil an
    /// extrapolation.
    /// </summary>
    public override int KinkSignature(Matrix output, Matrix target)
    {
        var errors = Rows.Differences(output.ReadOnlyValues, target.ReadOnlyValues);
        var delta = (float)Delta;
        return Rows.HashOfSigns([.. errors.Select(e => e - delta), .. errors.Select(e => e + delta)]);
    }

    /// <summary>e²/2 where |e| ≤ δ, else δ·(|e| − δ/2).</summary>
    public readonly struct Formula(double delta) : ILossFormula
    {
        private readonly float limit = (float)delta;

        /// <inheritdoc/>
        public double Cost(double a, double y)
        {
            var e = Math.Abs(a - y);
            return e <= delta ? e * e / 2 : delta * (e - delta / 2);
        }

        /// <inheritdoc/>
        public V Slope<V>(V a, V y) where V : struct, ILanes<V> => V.AtMost(V.AtLeast(a - y, -limit), limit);
    }
}
