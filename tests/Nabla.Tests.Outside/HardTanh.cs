using Nabla.Formulas;

namespace Nabla.Tests.Outside;

/// <summary>
/// An activation with a setting and with kinks: a = z, limited to ±limit. Its slope is 1 between the limits, else 0.
/// </summary>
/// <param name="limit">The limit.</param>
public sealed class HardTanh(float limit) : Activation<HardTanh.Formula>(new(limit))
{
    /// <summary>Optional: the doctor finds saturated neurons by it.</summary>
    public override (float Least, float Most) Range => (-limit, limit);

    /// <summary>Optional: a gradient check extrapolates, so it has to know when an input crosses a kink.</summary>
    public override int KinkSignature(Matrix x, Pass pass)
    {
        var hash = new HashCode();
        foreach (var z in x.Values)
            hash.Add(z < -limit ? -1 : z > limit ? 1 : 0);
        return hash.ToHashCode();
    }

    /// <summary>a = z, limited to ±limit.</summary>
    public readonly struct Formula(float limit) : IActivationFormula
    {
        /// <summary>Beyond the limits nothing passes, not even ∞ or NaN, as in a <see cref="Relu"/>.</summary>
        public static bool ZeroSlopeBlocks => true;

        public V Value<V>(V z) where V : struct, ILanes<V> => V.AtMost(V.AtLeast(z, -limit), limit);

        public V Slope<V>(V z, V a) where V : struct, ILanes<V> => V.WhereLess(V.Abs(z), limit, V.Of(1), V.Of(0));
    }
}
