namespace Nabla.Inspection;

/// <summary>A numeric derivative, and how far it can be trusted.</summary>
/// <param name="Value">The estimate.</param>
/// <param name="Uncertainty">How far off it may be:
/// the disagreement between estimates with different steps, plus the rounding error.</param>
public readonly record struct NumericDerivative(double Value, double Uncertainty)
{
    private const int Steps = 10;

    // The relative rounding error of a cost: an eighth of that of one float32, because a cost sums many roundings.
    private const double Rounding = 1.0 / (1 << 27);

    /// <summary>
    /// f′(0) by central differences, (f(h) − f(−h)) / 2h, for steps h that halve each time, extrapolated to h = 0.
    /// The estimate that agrees best with its neighbours is chosen: a large step errs by curvature, a small one by
    /// rounding (Ridders, 1982).
    /// </summary>
    /// <param name="f">
    /// The function, of float32 values. It returns the offset that it really used, because w + h is rounded; its
    /// value there; and whether f is smooth between there and 0. Steps across a kink are not used.
    /// </param>
    /// <param name="largestStep">The first step to try.</param>
    /// <returns>The estimate; its uncertainty is infinite if every step crosses a kink.</returns>
    internal static NumericDerivative Of(Func<double, FunctionSample> f, double largestStep)
    {
        var best = new NumericDerivative(0, double.PositiveInfinity);
        double[] previous = [];
        for (var i = 0; i < Steps; i++)
        {
            var h = largestStep / (1 << i);
            FunctionSample above = f(h), below = f(-h);
            if (!above.Smooth || !below.Smooth)
            {
                previous = [];                          // extrapolation needs steps that halve each time
                continue;
            }
            var rounding = Rounding * Math.Abs(above.Value) / h;
            List<double> current = [(above.Value - below.Value) / (above.Offset - below.Offset)];
            var factor = 1.0;
            foreach (var coarser in previous)
            {
                factor *= 4;
                var refined = (factor * current[^1] - coarser) / (factor - 1);
                var disagreement = Math.Max(Math.Abs(refined - current[^1]), Math.Abs(refined - coarser));
                current.Add(refined);
                if (disagreement + rounding < best.Uncertainty)
                    best = new(refined, disagreement + rounding);
            }
            previous = [.. current];
        }
        return best;
    }
}

/// <summary>The value of a function at one point.</summary>
/// <param name="Offset">The distance of the point from where the derivative is computed.</param>
/// <param name="Value">The value of the function.</param>
/// <param name="Smooth">Whether the function is smooth between the two points.</param>
internal readonly record struct FunctionSample(double Offset, double Value, bool Smooth);
