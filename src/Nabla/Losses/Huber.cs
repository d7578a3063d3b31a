using System.Globalization;
using Nabla.Formulas;
using Nabla.Kernels;

namespace Nabla;

/// <summary>
/// Huber's loss of an error e = a − y: e²/2 where |e| ≤ δ, beyond it δ·(|e| − δ/2), a straight line that goes on where the parabola ends.
/// C = 1/B · Σ over examples and outputs.
/// </summary>
/// <remarks>
/// ∂C/∂a = e/B, but never more than δ/B either way: near the target it is a squared error (half of <see cref="SquaredError"/>), far from it δ times
/// <see cref="AbsoluteError"/>, so a few wrong targets cannot drown the others. Huber (1964), <i>Robust estimation of a location parameter</i>.
/// </remarks>
/// <param name="delta">δ, the error up to which it is a squared error; in the unit of the targets.</param>
public sealed class Huber(double delta = 1) : Loss
{
    /// <summary>δ, the error up to which it is a squared error.</summary>
    public double Delta { get; } = delta > 0 && double.IsFinite(delta)
        ? delta
        : throw new ArgumentOutOfRangeException(nameof(delta), delta, string.Create(CultureInfo.InvariantCulture, $"The δ of huber must be positive and finite, not {delta}."));

    /// <inheritdoc/>
    public override string Name => "huber";

    /// <inheritdoc/>
    public override string Description => string.Create(CultureInfo.InvariantCulture, $"huber {Delta}");

    /// <inheritdoc/>
    public override string DerivativeFormula => string.Create(CultureInfo.InvariantCulture, $"a − y, but at most ±{Delta}");

    /// <summary>Changes where an error crosses ±δ: the slope has no jump there, but the slope of the slope has, which spoils an extrapolation.</summary>
    public override int KinkSignature(Matrix output, Matrix target)
    {
        var errors = Rows.Differences(output.Values, target.Values);
        var delta = (float)Delta;
        return Rows.HashOfSigns([.. errors.Select(e => e - delta), .. errors.Select(e => e + delta)]);
    }

    /// <inheritdoc/>
    protected override double CostOfExample(ReadOnlySpan<float> output, ReadOnlySpan<float> target)
    {
        var cost = 0.0;
        for (var i = 0; i < output.Length; i++)
        {
            var e = Math.Abs((double)output[i] - target[i]);
            cost += e <= Delta ? e * e / 2 : Delta * (e - Delta / 2);
        }
        return cost;
    }

    /// <inheritdoc/>
    protected override void ComputeBackward(Matrix output, Matrix target, Matrix dOutput) =>
        dOutput.Set(output, target, new Derivative((float)Delta, 1f / output.Rows));

    private readonly struct Derivative(float delta, float oneOverB) : IMap2
    {
        public V Of<V>(V a, V y) where V : struct, ILanes<V> => oneOverB * V.AtMost(V.AtLeast(a - y, -delta), delta);      // ∂C/∂a = e/B, e = a − y cut off at ±δ
    }
}
