using Nabla.Data;

namespace Nabla.Inspection;

/// <summary>
/// Compares backpropagation with the definition of a derivative: change a weight a little, and see what the cost does.
/// </summary>
/// <remarks>
/// <para>It looks at single parameters, and for each parameter array also at random directions, in which all its numbers change at once:
/// the first say where an error is, the second miss none. The network is as before afterwards.</para>
/// <para>The error of a single derivative is |backpropagation − numeric| over the larger of the two, or over a tenth of the largest
/// derivative in the same array, if that is larger: in float32, the derivative of a cost cannot be seen more finely than that.
/// Steps stay on one side of a kink, as of a ReLU. Where no step does, or where the numeric derivative is itself too uncertain to judge by,
/// it is left out and counted.</para>
/// </remarks>
public static class GradientCheck
{
    /// <summary>The error up to which a gradient passes, unless another is given.</summary>
    public const double DefaultTolerance = 1e-3;

    private const double LargestStep = 0.4, Directions = 3;

    /// <summary>Checks the gradient of a network for one batch.</summary>
    /// <param name="network">The network; as it was afterwards, but for its gradients.</param>
    /// <param name="loss">The cost.</param>
    /// <param name="x">(B, inputs): the batch.</param>
    /// <param name="target">(B, outputs): its targets.</param>
    /// <param name="perParameter">How many single numbers to check in each parameter array, drawn at random; all if there are fewer.</param>
    /// <param name="tolerance">The error up to which the gradient passes.</param>
    /// <param name="seed">The seed of all that is drawn.</param>
    public static GradientReport Run(
        Network network, Loss loss, Matrix x, Matrix target,
        int perParameter = 20, double tolerance = DefaultTolerance, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(perParameter);
        var state = network.State.Values.ToArray();
        network.Parameters.Gradients.Values.Fill(float.NaN);            // what is not overwritten, or added to, gives itself away
        new Backpropagation(network, loss).Run(x, target);
        var random = new RandomGenerator(seed, stream: 0xC4EC);
        var cost = new CostProbe(network, loss, x, target);
        var checks = new List<DerivativeCheck>();
        foreach (var (name, parameter) in LayerSequence.Named(network.Layers).Where(pair => !pair.Parameter.Gradient.IsEmpty))
        {
            checks.AddRange(Single(name, parameter, cost, perParameter, tolerance, random));
            for (var d = 0; d < Directions; d++)
                checks.Add(Direction(name, parameter, cost, tolerance, random));
        }
        var report = new GradientReport(checks, tolerance);
        if (report.Failures.Count > 0)
            report = report with { LikelyCause = GradientDiagnosis.Explain(network, loss, x, target, report, random) };
        state.CopyTo(network.State.Values);                             // trying moved running statistics, too
        return report;
    }

    /// <summary>Checks the gradient of a network for the examples of a data set, all in one batch. Take a few of them.</summary>
    /// <param name="network">The network; unchanged afterwards, except for its gradients.</param>
    /// <param name="loss">The cost.</param>
    /// <param name="data">The examples, such as <c>data.Take(4)</c>.</param>
    /// <param name="perParameter">
    /// How many single values to check in each parameter array, drawn at random; all if there are fewer.
    /// </param>
    /// <param name="tolerance">The error up to which the gradient passes.</param>
    /// <param name="seed">The seed of all that is drawn.</param>
    /// <exception cref="ArgumentException">Network, loss and data do not fit together; the message says why.</exception>
    public static GradientReport Run(
        Network network, Loss loss, Dataset data,
        int perParameter = 20, double tolerance = DefaultTolerance, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(data);
        Compatibility.Check(network, loss, data);
        Matrix x = new(data.Count, data.Inputs), target = new(data.Count, data.Outputs);
        data.CopyTo([.. Enumerable.Range(0, data.Count)], x, target);
        return Run(network, loss, x, target, perParameter, tolerance, seed);
    }

    /// <summary>∂C/∂w for one weight, by trying.</summary>
    public static NumericDerivative NumericDerivativeOf(Network network, Loss loss, Matrix x, Matrix target, Parameter parameter, int index)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(parameter);
        var state = network.State.Values.ToArray();
        var derivative = Numeric(parameter, index, new CostProbe(network, loss, x, target));
        state.CopyTo(network.State.Values);
        return derivative;
    }

    private static IEnumerable<DerivativeCheck> Single(
        string name, Parameter parameter, CostProbe cost, int count, double tolerance, RandomGenerator random)
    {
        var indices = Enumerable.Range(0, parameter.Count).ToArray();
        random.Shuffle(indices);
        var floor = Largest(parameter.Gradient.Values) / 10;
        foreach (var index in indices.Take(count).Order())
            yield return Compare(name, index, parameter.Gradient.Values[index], Numeric(parameter, index, cost), floor, tolerance);
    }

    private static NumericDerivative Numeric(Parameter parameter, int index, CostProbe cost)
    {
        var before = parameter.Value.Values[index];
        var derivative = NumericDerivative.Of(
            h =>
            {
                var moved = parameter.Value.Values[index] = (float)(before + h);
                return cost.At((double)moved - before);
            },
            LargestStep);
        parameter.Value.Values[index] = before;
        return derivative;
    }

    private static DerivativeCheck Direction(string name, Parameter parameter, CostProbe cost, double tolerance, RandomGenerator random)
    {
        var before = parameter.Value.Values.ToArray();
        var signs = before.Select(_ => random.NextInt(2) == 0 ? -1 : 1).ToArray();
        double along = 0, squares = 0;
        for (var i = 0; i < signs.Length; i++)
        {
            var g = (double)parameter.Gradient.Values[i];
            along += g * signs[i];
            squares += g * g;
        }
        var numeric = NumericDerivative.Of(
            h =>
            {
                for (var i = 0; i < signs.Length; i++)
                    parameter.Value.Values[i] = (float)(before[i] + h * signs[i]);
                return cost.At(h);
            },
            LargestStep / Math.Sqrt(parameter.Columns));
        before.CopyTo(parameter.Value.Values);
        return Compare(name, null, along, numeric, floor: Math.Sqrt(squares), tolerance);
    }

    private static DerivativeCheck Compare(
        string name, int? index, double analytic, NumericDerivative numeric, double floor, double tolerance)
    {
        if (!double.IsFinite(analytic) || !double.IsFinite(numeric.Value))
            return new(name, index, analytic, numeric.Value, Error: double.PositiveInfinity, Skipped: false);
        var scale = Math.Max(Math.Max(Math.Abs(analytic), Math.Abs(numeric.Value)), floor);
        var error = scale > 0 ? Math.Abs(analytic - numeric.Value) / scale : 0;
        // What is uncertain by more than would pass proves nothing, unless the error is far larger still.
        var uncertainty = scale > 0 ? numeric.Uncertainty / scale : 0;
        var skipped = uncertainty > tolerance && error < 10 * uncertainty;
        return new(name, index, analytic, numeric.Value, error, skipped);
    }

    private static double Largest(ReadOnlySpan<float> values)
    {
        var largest = 0f;
        foreach (var value in values)
            if (float.IsFinite(value))
                largest = MathF.Max(largest, MathF.Abs(value));
        return largest;
    }
}
