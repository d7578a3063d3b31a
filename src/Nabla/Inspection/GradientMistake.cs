namespace Nabla.Inspection;

/// <summary>One derivative, as a layer computed it and as the numeric derivative gives it.</summary>
internal readonly record struct DerivativePair(int Index, double Computed, double Numeric);

/// <summary>Recognises the usual mistakes in derivatives by their values.</summary>
internal static class GradientMistake
{
    private const double Agreement = 0.005;             // of the largest: the accuracy of differences in float32
    private const double Near = 0.02;                   // relative; generous: it only has to recognise the mistake

    /// <summary>Whether the computed and the numeric derivatives are equal, as far as float32 can tell.</summary>
    public static bool Agree(DerivativePair[] pairs)
    {
        var scale = pairs.Select(pair => Math.Abs(pair.Numeric)).DefaultIfEmpty().Max();
        return pairs.All(pair => Math.Abs(pair.Computed - pair.Numeric) <= Agreement * scale);
    }

    /// <summary>Describes a wrong factor that all derivatives have in common, in words that follow “it”;
    /// null if there is none.</summary>
    public static string? Factor(DerivativePair[] pairs, int batch)
    {
        var floor = pairs.Select(pair => Math.Abs(pair.Numeric)).DefaultIfEmpty().Max() / 100;
        double[] ratios =
        [
            .. pairs.Where(pair => Math.Abs(pair.Numeric) > floor).Select(pair => pair.Computed / pair.Numeric).Order(),
        ];
        if (ratios.Length == 0)
            return null;
        var ratio = ratios[ratios.Length / 2];
        if (ratios.All(other => Math.Abs(other) < Near))
            return "is 0 where it should not be";
        if (!double.IsFinite(ratio) || ratios.Any(other => !IsNear(other, ratio)))
            return null;
        return ratio switch
        {
            _ when batch > 1 && IsNear(ratio, batch) =>
                $"is {batch} times too large: it is not averaged over the {batch} examples",
            _ when batch > 1 && IsNear(ratio, 1.0 / batch) =>
                $"is {batch} times too small: it is averaged over the {batch} examples twice",
            _ when IsNear(ratio, 0.5) =>
                "is half of what it should be: a factor of 2 is missing, as in the derivative of a square",
            _ when IsNear(ratio, 2) => "is twice what it should be: there is one factor of 2 too many",
            _ when IsNear(ratio, -1) => "has the wrong sign",
            _ => $"is {ratio:G3} times what it should be",
        };
    }

    private static bool IsNear(double a, double b) => Math.Abs(a / b - 1) < Near;
}
