using Nabla.Algebra;
using Nabla.Layers;
using Nabla.Losses;

namespace Nabla.Training;

/// <summary>Finds out why a gradient is wrong: which layer it is, and which of the usual mistakes.</summary>
internal static class GradientDiagnosis
{
    private const double Near = 0.02;                   // relative; generous, since only the mistake is to be recognised

    public static string? Explain(Network network, Loss loss, Matrix x, Matrix target, GradientReport report, RandomGenerator random)
    {
        var activations = network.Activations(x);
        var output = activations[^1];
        var dOutput = new Matrix(output.Rows, output.Columns);
        loss.Backward(output, target, dOutput);
        if (LossMistake(loss, output, target, dOutput) is { } inLoss)
            return $"the derivative of the loss {loss.Name} {inLoss}";

        var pass = network.TrainingPass(x.Rows, random);
        network.Forward(x, pass);
        for (var l = network.Layers.Count - 1; l >= 0; l--)
            if (LayerMistake(network.Layers[l], l == 0 ? x : activations[l - 1], activations[l], pass, random) is { } inLayer)
                return $"layer {l + 1} ({network.Layers[l].Name}), ∂C/∂X: {inLayer}";

        var names = report.Failures.Select(check => check.Parameter).Distinct().ToArray();
        var ratio = Factor([.. report.Failures.Select(check => (check.Analytic, check.Numeric))], x.Rows);
        return $"the layers pass ∂C/∂X on rightly, but the gradient of {string.Join(" and of ", names)} is wrong" + (ratio is null ? "" : $": it {ratio}");
    }

    private static string? LossMistake(Loss loss, Matrix output, Matrix target, Matrix dOutput)
    {
        var pairs = Numeric(output, () => loss.Forward(output, target)).Select((n, i) => ((double)dOutput.Values[i], n)).ToArray();
        return Agree(pairs) ? null : Factor(pairs, output.Rows) ?? "is wrong";
    }

    /// <summary>Holds one layer's ∂C/∂X against trying, for the cost Σ v·y with random v.</summary>
    private static string? LayerMistake(Layer layer, Matrix x, Matrix y, Pass pass, RandomGenerator random)
    {
        x = Copy(x);
        Matrix v = new(y.Rows, y.Columns), dX = new(x.Rows, x.Columns), tried = new(y.Rows, y.Columns);
        foreach (ref var number in v.Values)
            number = (float)random.NextUniform(0.5, 1.5);
        layer.Backward(x, y, v, dX, pass);
        Matrix first = x.FirstRows(1), firstTried = tried.FirstRows(1), firstV = v.FirstRows(1);
        var pairs = Numeric(first, () => Weighted(firstV)).Select((n, i) => ((double)dX.Values[i], n)).ToArray();
        if (Agree(pairs))
            return null;
        if (x.Columns == y.Columns && Agree([.. pairs.Select((pair, i) => (pair.Item1, Diagonal(i)))]))
            return "only the diagonal of the Jacobian is used, but every output depends on every input";
        return Factor(pairs, x.Rows) is { } factor ? "it " + factor : "it is wrong";

        double Weighted(Matrix weights)
        {
            layer.Forward(first, firstTried, pass);
            var sum = 0.0;
            for (var i = 0; i < firstTried.Columns; i++)
                sum += (double)weights.Values[i] * firstTried.Values[i];
            return sum;
        }

        double Diagonal(int i)
        {
            var only = new Matrix(1, y.Columns);
            only.Values[i] = v.Values[i];
            return NumericAt(first, i, () => Weighted(only));
        }
    }

    /// <summary>Recognises a factor that all derivatives have too much or too little of.</summary>
    private static string? Factor((double Analytic, double Numeric)[] pairs, int batch)
    {
        var floor = pairs.Max(pair => Math.Abs(pair.Numeric)) / 100;
        var ratios = pairs.Where(pair => Math.Abs(pair.Numeric) > floor).Select(pair => pair.Analytic / pair.Numeric).Order().ToArray();
        if (ratios.Length == 0)
            return null;
        var ratio = ratios[ratios.Length / 2];
        if (Math.Abs(ratio) < Near)
            return "is 0 where it should not be: is it computed at all?";
        if (ratios.Any(other => Math.Abs(other / ratio - 1) > Near))
            return null;
        return ratio switch
        {
            _ when batch > 1 && IsNear(ratio, batch) => $"is {batch} times too large: it is not averaged over the {batch} examples",
            _ when batch > 1 && IsNear(ratio, 1.0 / batch) => $"is {batch} times too small: it is averaged over the {batch} examples twice",
            _ when IsNear(ratio, 0.5) => "is half of what it should be: a factor 2 is missing, as in the derivative of a square",
            _ when IsNear(ratio, 2) => "is twice what it should be: a factor 2 too many",
            _ when IsNear(ratio, -1) => "has the wrong sign",
            _ => $"is {ratio:G3} times what it should be: a missing factor",
        };
    }

    private static bool IsNear(double a, double b) => Math.Abs(a / b - 1) < Near;

    private static bool Agree((double Analytic, double Numeric)[] pairs)
    {
        var scale = pairs.Max(pair => Math.Abs(pair.Numeric));
        return pairs.All(pair => Math.Abs(pair.Analytic - pair.Numeric) <= Near * scale);
    }

    private static double[] Numeric(Matrix at, Func<double> f) =>
        [.. Enumerable.Range(0, at.Values.Length).Select(i => NumericAt(at, i, f))];

    private static double NumericAt(Matrix at, int index, Func<double> f)
    {
        var before = at.Values[index];
        var derivative = NumericDerivative.Of(
            h =>
            {
                var moved = at.Values[index] = (float)(before + h);
                return new((double)moved - before, f(), Smooth: true);
            },
            largestStep: 0.02);
        at.Values[index] = before;
        return derivative.Value;
    }

    private static Matrix Copy(Matrix m)
    {
        var copy = new Matrix(m.Rows, m.Columns);
        m.Values.CopyTo(copy.Values);
        return copy;
    }
}
