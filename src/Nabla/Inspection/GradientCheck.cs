using Nabla.Data;

namespace Nabla.Inspection;

/// <summary>
/// Compares backpropagation with the definition of a derivative: change a weight a little, and see how the cost
/// changes.
/// </summary>
/// <remarks>
/// <para>It checks single weights and, for each parameter array, random directions in which all weights change at once.
/// The single weights show where an error is; the directions miss none. Afterwards the network is as before.</para>
/// <para>The error of a single derivative is |backpropagation − numeric|, divided by the larger of the two, or by a
/// tenth of the largest derivative in the same array if that is larger: in float32, the derivative of a cost cannot be
/// resolved more finely than that. The steps stay on one side of a kink, such as that of a ReLU. A derivative is
/// skipped, and counted as skipped, if no step does, or if the numeric derivative is itself too uncertain to judge
/// by.</para>
/// </remarks>
public static class GradientCheck
{
    /// <summary>The error up to which a gradient passes, unless another is given.</summary>
    public const double DefaultTolerance = 1e-3;

    private const double LargestStep = 0.4, Directions = 3;

    /// <summary>Checks the gradient of a network for one batch.</summary>
    /// <param name="network">The network. Afterwards it is as before, except for its gradients.</param>
    /// <param name="loss">The cost.</param>
    /// <param name="x">(B, inputs): the batch.</param>
    /// <param name="target">(B, outputs): its targets.</param>
    /// <param name="perParameter">The number of single weights to check in each parameter array, drawn at random;
    /// all if there are fewer.</param>
    /// <param name="tolerance">The error up to which the gradient passes.</param>
    /// <param name="seed">The seed of everything that is drawn.</param>
    public static GradientReport Run(
        Network network, Loss loss, Matrix x, Matrix target,
        int perParameter = 20, double tolerance = DefaultTolerance, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(perParameter);
        var state = network.State.Values.ToArray();
        try
        {
            return CheckAll(network, loss, x, target, perParameter, tolerance, seed);
        }
        finally
        {
            state.CopyTo(network.State.Values);                         // the forward passes moved running statistics
        }
    }

    /// <summary>Checks the gradient of a network for the examples of a dataset, all in one batch. Take a few.</summary>
    /// <param name="network">The network. Afterwards it is as before, except for its gradients.</param>
    /// <param name="loss">The cost.</param>
    /// <param name="data">The examples, such as <c>data.Take(4)</c>.</param>
    /// <param name="perParameter">The number of single weights to check in each parameter array, drawn at random;
    /// all if there are fewer.</param>
    /// <param name="tolerance">The error up to which the gradient passes.</param>
    /// <param name="seed">The seed of everything that is drawn.</param>
    /// <exception cref="ArgumentException">
    /// Network, loss and data do not fit together; the message says why.
    /// </exception>
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

    /// <summary>Computes ∂C/∂w for one weight numerically.</summary>
    public static NumericDerivative NumericDerivativeOf(
        Network network, Loss loss, Matrix x, Matrix target, Parameter parameter, int index)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(parameter);
        var state = network.State.Values.ToArray();
        try
        {
            return Numeric(parameter, index, new CostProbe(network, loss, x, target));
        }
        finally
        {
            state.CopyTo(network.State.Values);
        }
    }

    private static GradientReport CheckAll(
        Network network, Loss loss, Matrix x, Matrix target, int perParameter, double tolerance, ulong seed)
    {
        network.Parameters.Gradients.Values.Fill(float.NaN);            // reveals what is not overwritten, or added to
        new Backpropagation(network, loss).Run(x, target);
        var random = new RandomGenerator(seed, stream: 0xC4EC);
        var cost = new CostProbe(network, loss, x, target);
        var checks = new List<DerivativeCheck>();
        var learned = LayerSequence.Named(network.Layers).Where(pair => !pair.Parameter.Gradient.IsEmpty);
        foreach (var (name, parameter) in learned)
        {
            checks.AddRange(Single(name, parameter, cost, perParameter, tolerance, random));
            for (var d = 0; d < Directions; d++)
                checks.Add(Direction(name, parameter, cost, tolerance, random));
        }
        var report = new GradientReport(checks, tolerance);
        if (report.Failures.Count > 0)
            report = report with { LikelyCause = GradientDiagnosis.Explain(network, loss, x, target, report, random) };
        return report;
    }

    private static IEnumerable<DerivativeCheck> Single(
        string name, Parameter parameter, CostProbe cost, int count, double tolerance, RandomGenerator random)
    {
        var indices = Enumerable.Range(0, parameter.Count).ToArray();
        random.Shuffle(indices);
        var floor = Largest(parameter.Gradient.Values) / 10;
        foreach (var index in indices.Take(count).Order())
        {
            var numeric = Numeric(parameter, index, cost);
            yield return Compare(name, index, parameter.Gradient.Values[index], numeric, floor, tolerance);
        }
    }

    private static NumericDerivative Numeric(Parameter parameter, int index, CostProbe cost)
    {
        var before = parameter.Value.Values[index];
        try
        {
            return NumericDerivative.Of(
                h =>
                {
                    var moved = parameter.Value.Values[index] = (float)(before + h);
                    return cost.At((double)moved - before);
                },
                LargestStep);
        }
        finally
        {
            parameter.Value.Values[index] = before;
        }
    }

    private static DerivativeCheck Direction(
        string name, Parameter parameter, CostProbe cost, double tolerance, RandomGenerator random)
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
        try
        {
            var numeric = NumericDerivative.Of(
                h =>
                {
                    for (var i = 0; i < signs.Length; i++)
                        parameter.Value.Values[i] = (float)(before[i] + h * signs[i]);
                    return cost.At(h);
                },
                LargestStep / Math.Sqrt(parameter.Columns));
            return Compare(name, null, along, numeric, floor: Math.Sqrt(squares), tolerance);
        }
        finally
        {
            before.CopyTo(parameter.Value.Values);
        }
    }

    private static DerivativeCheck Compare(
        string name, int? index, double analytic, NumericDerivative numeric, double floor, double tolerance)
    {
        if (!double.IsFinite(analytic) || !double.IsFinite(numeric.Value))
            return new(name, index, analytic, numeric.Value, Error: double.PositiveInfinity, Skipped: false);
        var scale = Math.Max(Math.Max(Math.Abs(analytic), Math.Abs(numeric.Value)), floor);
        var error = scale > 0 ? Math.Abs(analytic - numeric.Value) / scale : 0;
        // An uncertainty above the tolerance proves nothing, unless the error is far larger still.
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
