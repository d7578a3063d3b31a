using Nabla.Formulas;

namespace Nabla;

/// <summary>Limits the size of a gradient, so that a single steep point does not throw the weights far away.</summary>
/// <remarks>
/// By norm: where ‖g‖ &gt; c, g ← c·g / ‖g‖, with ‖g‖ over all parameters together; this keeps the direction (Pascanu,
/// Mikolov and Bengio, 2013, algorithm 1). By value: each derivative is limited to [−c, c]; this changes the direction.
/// </remarks>
public sealed class GradientClipping
{
    private readonly bool byNorm;

    private GradientClipping(double most, bool byNorm)
    {
        Most = IsPossible(most)
            ? most
            : throw new ArgumentOutOfRangeException(
                nameof(most), most, $"A gradient can be clipped to a positive, finite number, not to {most}.");
        this.byNorm = byNorm;
    }

    /// <summary>Shortens a gradient whose norm is larger than <paramref name="most"/> to that norm.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive and finite.</exception>
    public static GradientClipping ByNorm(double most) => new(most, byNorm: true);

    /// <summary>
    /// Limits each derivative to the range from −<paramref name="most"/> to <paramref name="most"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive and finite.</exception>
    public static GradientClipping ByValue(double most) => new(most, byNorm: false);

    /// <summary>c, the limit.</summary>
    public double Most { get; }

    /// <summary>Clips the gradient, between backpropagation and the update.</summary>
    /// <returns>
    /// The size of the gradient before clipping: its norm, summed in double precision in a fixed order, or its largest
    /// derivative.
    /// </returns>
    public double Apply(ParameterBuffer parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var g = parameters.Gradients;
        var size = byNorm ? Math.Sqrt(g.SumOfSquares) : g.LargestMagnitude;
        if (size > Most && byNorm)
            g.Set(g, new Multiple((float)(Most / size)));
        else if (size > Most)
            g.Set(g, new Limit((float)Most));
        return size;
    }

    /// <summary>“norm 1”, “value 0.5”.</summary>
    public override string ToString() => FormattableString.Invariant($"{(byNorm ? "norm" : "value")} {Most}");

    private static bool IsPossible(double most) => (float)most > 0 && float.IsFinite((float)most);

    private readonly struct Limit(float most) : IUnaryFormula
    {
        public V Of<V>(V g) where V : struct, ILanes<V> => V.AtMost(V.AtLeast(g, -most), most);
    }
}
