namespace Nabla;

/// <summary>Reduces the learning rate when the loss stops falling:
/// the rule of <see cref="Schedule.Plateau"/>.</summary>
internal sealed class Plateau(int patience, double factor, int cooldown, double minimum)
{
    private const double Threshold = 1e-4;              // the share by which a loss must be better to count as progress

    private readonly double floor = Math.Max(minimum, Schedule.Least);
    private readonly int patience = NotNegative(patience, "patience");
    private readonly int cooldown = NotNegative(cooldown, "cooldown");

    /// <summary>The factor after these losses. It is recomputed each time, so that there is no state.</summary>
    public double Factor(ReadOnlySpan<double> losses)
    {
        var (rate, best, bad, cooling) = (1.0, double.PositiveInfinity, 0, 0);
        foreach (var loss in losses)
        {
            var better = loss < best * (1 - Threshold);         // false for NaN
            if (better)
                best = loss;
            bad = better || cooling > 0 ? 0 : bad + 1;
            cooling = Math.Max(0, cooling - 1);
            if (bad <= patience)
                continue;
            rate = Math.Max(rate * factor, floor);
            (bad, cooling) = (0, cooldown);
        }
        return rate;
    }

    private static int NotNegative(int value, string what) => value >= 0
        ? value
        : throw new ArgumentOutOfRangeException(
            what, value, $"The {what} of a plateau must not be negative, but is {value}.");
}
