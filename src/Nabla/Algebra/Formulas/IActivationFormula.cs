namespace Nabla.Formulas;

/// <summary>An activation function: its value and its slope, for <see cref="Activation{TFormula}"/>.</summary>
/// <remarks>
/// Implement it by a <c>readonly struct</c>. Settings, such as the slope of a leaky ReLU, are fields of the struct.
/// </remarks>
public interface IActivationFormula
{
    /// <summary>a = f(z).</summary>
    public V Value<V>(V z) where V : struct, ILanes<V>;

    /// <summary>f′(z). Often it is shorter in terms of the value: the slope of a sigmoid is a·(1 − a).</summary>
    /// <param name="z">The input.</param>
    /// <param name="a">The value, f(z).</param>
    public V Slope<V>(V z, V a) where V : struct, ILanes<V>;

    /// <summary>
    /// Whether a slope of 0 lets nothing through at all: ∂C/∂z is then +0, even where ∂C/∂a is infinite or NaN. True
    /// for a ReLU, which is a gate. False by default: ∂C/∂z is the product ∂C/∂a · f′(z) as IEEE 754 defines it, so
    /// that ∞ · 0 is NaN.
    /// </summary>
    public static virtual bool ZeroSlopeBlocks => false;
}
