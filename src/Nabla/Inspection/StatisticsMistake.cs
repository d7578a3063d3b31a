namespace Nabla.Inspection;

/// <summary>
/// Recognises a normalisation that takes its mean or its variance for a constant on the way back, though they depend on every x.
/// </summary>
/// <remarks>
/// To add the same to all numbers that are normalised together changes nothing of what leaves: so their derivatives must add up to 0, and do not if the
/// mean was forgotten. To stretch them about their mean changes nothing either: there it is the variance.
/// </remarks>
internal static class StatisticsMistake
{
    private const double Near0 = 0.01;                  // of what the derivatives add up to without their signs

    /// <summary>What the mistake is, in words that follow “it”; null if it is another.</summary>
    /// <param name="shape">The shape of an example that enters the layer.</param>
    /// <param name="x">What enters.</param>
    /// <param name="moved">The same numbers, to be moved for trying; as they were afterwards.</param>
    /// <param name="dX">The derivatives to judge.</param>
    /// <param name="cost">The cost for what stands in <paramref name="moved"/>.</param>
    public static string? Of(Shape shape, Matrix x, Matrix moved, Matrix dX, Func<double> cost)
    {
        int[] first = [.. Enumerable.Range(0, x.Columns)];
        int[] channel = [.. Enumerable.Range(0, x.Rows).SelectMany(example => first.Take(shape.Pixels).Select(i => example * x.Columns + i))];
        return Of("channel", channel) ?? Of("example", first);

        string? Of(string group, int[] places)
        {
            var mean = places.Average(i => (double)x.ReadOnlyValues[i]);
            var forgets = new List<string>();
            if (IsMissed(places, _ => 1))
                forgets.Add("mean");
            if (IsMissed(places, i => x.ReadOnlyValues[i] - mean))
                forgets.Add("variance");
            return forgets.Count == 0 ? null
                : $"takes the {string.Join(" and the ", forgets)} of each {group} for {(forgets.Count == 1 ? "a constant" : "constants")}, which depend{(forgets.Count == 1 ? "s" : "")} on x";
        }

        bool IsMissed(int[] places, Func<int, double> direction)
        {
            double along = 0, size = 0;
            foreach (var i in places)
            {
                along += dX.Values[i] * direction(i);
                size += Math.Abs(dX.Values[i] * direction(i));
            }
            var numeric = NumericDerivative.Of(
                h =>
                {
                    foreach (var i in places)
                        moved.Values[i] = (float)(x.ReadOnlyValues[i] + h * direction(i));
                    return new(h, cost(), Smooth: true);
                },
                largestStep: 0.1);
            x.ReadOnlyValues.CopyTo(moved.Values);
            return Math.Abs(numeric.Value) < Near0 * size && Math.Abs(along) > 3 * Near0 * size;
        }
    }
}
