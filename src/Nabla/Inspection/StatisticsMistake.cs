namespace Nabla.Inspection;

/// <summary>
/// Recognises a normalisation whose backward pass treats its mean or its variance as a constant, though they depend
/// on every x.
/// </summary>
/// <remarks>
/// Adding the same number to all values that are normalised together does not change the output. So their derivatives
/// must add up to 0; if they do not, the mean was treated as a constant. Stretching the values about their mean does
/// not change the output either; that test reveals the variance.
/// </remarks>
internal static class StatisticsMistake
{
    private const double Near0 = 0.01;                  // of the sum of the absolute derivatives

    /// <summary>Describes the mistake in words that follow “it”; null if it is another.</summary>
    /// <param name="shape">The shape of one input example of the layer.</param>
    /// <param name="x">The input.</param>
    /// <param name="moved">A copy of the input, to be changed for numeric derivatives; restored afterwards.</param>
    /// <param name="dX">The derivatives to judge.</param>
    /// <param name="cost">Computes the cost for the current values of <paramref name="moved"/>.</param>
    public static string? Of(Shape shape, Matrix x, Matrix moved, Matrix dX, Func<double> cost)
    {
        int[] first = [.. Enumerable.Range(0, x.Columns)];
        int[] channel =
        [
            .. Enumerable.Range(0, x.Rows)
                .SelectMany(example => first.Take(shape.Pixels).Select(i => example * x.Columns + i)),
        ];
        return Of("channel", channel) ?? Of("example", first);

        string? Of(string group, int[] indices)
        {
            var mean = indices.Average(i => (double)x.ReadOnlyValues[i]);
            var constants = new List<string>();
            if (IsMissed(indices, _ => 1))
                constants.Add("mean");
            if (IsMissed(indices, i => x.ReadOnlyValues[i] - mean))
                constants.Add("variance");
            var names = string.Join(" and the ", constants);
            return constants.Count switch
            {
                0 => null,
                1 => $"treats the {names} of each {group} as a constant, but it depends on x",
                _ => $"treats the {names} of each {group} as constants, but they depend on x",
            };
        }

        bool IsMissed(int[] indices, Func<int, double> direction)
        {
            double along = 0, size = 0;
            foreach (var i in indices)
            {
                along += dX.Values[i] * direction(i);
                size += Math.Abs(dX.Values[i] * direction(i));
            }
            var numeric = NumericDerivative.Of(
                h =>
                {
                    foreach (var i in indices)
                        moved.Values[i] = (float)(x.ReadOnlyValues[i] + h * direction(i));
                    return new(h, cost(), Smooth: true);
                },
                largestStep: 0.1);
            x.ReadOnlyValues.CopyTo(moved.Values);
            return Math.Abs(numeric.Value) < Near0 * size && Math.Abs(along) > 3 * Near0 * size;
        }
    }
}
