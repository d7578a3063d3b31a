namespace Nabla.Inspection;

/// <summary>
/// Finds out why a gradient is wrong: which layer it is, and which of the usual mistakes. It compares the loss and
/// each layer with numeric derivatives on its own, from the end to the beginning, because a wrong link spoils the
/// gradients of all layers before it.
/// </summary>
internal static class GradientDiagnosis
{
    private const double LargestStep = 0.02;

    public static string? Explain(
        Network network, Loss loss, Matrix x, Matrix target, GradientReport report, RandomGenerator random)
    {
        var pass = network.TrainingPass(x.Rows, random);
        var output = network.Forward(x, pass);
        if (LossMistake(loss, output, target) is { } inLoss)
            return $"the derivative of the loss {loss.Name} {inLoss}.";

        for (var l = network.Layers.Count - 1; l > 0; l--)      // the ∂C/∂X of the first layer is not needed
        {
            Matrix layerX = pass.Activation(l - 1, x.Rows), layerY = pass.Activation(l, x.Rows);
            if (LayerMistake(network.Layers[l], layerX, layerY, pass, random) is { } inLayer)
                return $"layer {l + 1} ({network.Layers[l].Name}), ∂C/∂X: it {inLayer}.";
        }

        var fromTheEnd = Enumerable.Range(0, network.Layers.Count).Reverse();
        var wrong = fromTheEnd.SelectMany(l => ParameterMistakes(network, loss, x, target, l, report));
        return $"the loss and the layers pass ∂C/∂X on correctly, but {string.Join("; ", wrong)}.";
    }

    private static string? LossMistake(Loss loss, Matrix output, Matrix target)
    {
        var dOutput = new Matrix(output.Rows, output.Columns);
        loss.Backward(output, target, dOutput);
        output = Copy(output);
        var pairs = Pairs(
            dOutput.Values, output, () => loss.Forward(output, target), () => loss.KinkSignature(output, target));
        return GradientMistake.Agree(pairs) ? null : GradientMistake.Factor(pairs, output.Rows) ?? "is wrong";
    }

    /// <summary>
    /// Compares one layer's ∂C/∂X for the first example with numeric derivatives. The cost is Σ v·y over the batch,
    /// with random v and with the same random numbers in the layer each time.
    /// </summary>
    private static string? LayerMistake(Layer layer, Matrix x, Matrix y, Pass pass, RandomGenerator random)
    {
        Matrix v = new(y.Rows, y.Columns), dX = new(x.Rows, x.Columns);
        foreach (ref var value in v.Values)
            value = (float)random.NextUniform(0.5, 1.5);
        Matrix moved = Copy(x), movedY = new(y.Rows, y.Columns);
        var randomState = pass.Random!.State;
        layer.Forward(x, movedY, pass);
        layer.Backward(x, movedY, v, dX, pass);

        var all = Pairs(dX.Row(0), moved, () => Cost(0, v.Values.Length), () => layer.KinkSignature(moved, pass));
        if (GradientMistake.Agree(all))
            return null;
        if (x.Columns == y.Columns)
        {
            if (dX.Row(0).SequenceEqual(v.Row(0)))
                return "is ∂C/∂Y, passed on unchanged: the slope of the layer is missing";
            double DiagonalAt(int i) => Try(moved, i, () => Cost(i, i + 1), () => 0).Value;
            if (GradientMistake.Agree([.. all.Select(pair => pair with { Numeric = DiagonalAt(pair.Index) })]))
                return "uses only the diagonal of the Jacobian, but every output depends on every input";
        }
        return GradientMistake.Factor(all, x.Rows)
            ?? StatisticsMistake.Of(layer.InputShape, x, moved, dX, () => Cost(0, v.Values.Length))
            ?? "is wrong";

        double Cost(int from, int to)
        {
            pass.Random.State = randomState;
            layer.Forward(moved, movedY, pass);
            var sum = 0.0;
            for (var i = from; i < to; i++)
                sum += (double)v.Values[i] * movedY.Values[i];
            return sum;
        }
    }

    private static IEnumerable<string> ParameterMistakes(
        Network network, Loss loss, Matrix x, Matrix target, int l, GradientReport report)
    {
        var ofLayer = LayerSequence.Named(network.Layers)
            .Where(pair => pair.Name.StartsWith($"{l}.", StringComparison.Ordinal));
        foreach (var (name, parameter) in ofLayer)
        {
            DerivativePair[] pairs =
            [
                .. report.Failures
                    .Where(check => check.Parameter == name)
                    .Select((check, i) => new DerivativePair(i, check.Analytic, check.Numeric)),
            ];
            if (pairs.Length == 0)
                continue;
            var mistake = WritingMistake(network, loss, x, target, parameter)
                ?? GradientMistake.Factor(pairs, x.Rows)
                ?? "is wrong";
            var shortName = name[(name.IndexOf('.') + 1)..];
            yield return $"layer {l + 1} ({network.Layers[l].Name}), ∂C/∂{shortName}: it {mistake}";
        }
    }

    /// <summary>Finds a gradient that is not written at all, or is added to what was there.</summary>
    private static string? WritingMistake(Network network, Loss loss, Matrix x, Matrix target, Parameter parameter)
    {
        float[] from0 = ComputedOver(0), from1 = ComputedOver(1);
        return from0.AsSpan().IndexOfAnyExcept(0) < 0 && from1.AsSpan().IndexOfAnyExcept(1) < 0
                ? "is never computed: Backward does not set it"
            : !from0.AsSpan().SequenceEqual(from1)
                ? "is added to what was there before, but has to overwrite it"
            : null;

        float[] ComputedOver(float before)
        {
            network.Parameters.Gradients.Values.Fill(before);
            new Backpropagation(network, loss).Run(x, target);
            return parameter.Gradient.Values.ToArray();
        }
    }

    /// <summary>Pairs the computed and the numeric derivative for every element of <paramref name="at"/>,
    /// except those next to a kink.</summary>
    private static DerivativePair[] Pairs(ReadOnlySpan<float> computed, Matrix at, Func<double> f, Func<int> piece)
    {
        var pairs = new List<DerivativePair>();
        for (var i = 0; i < computed.Length; i++)
            if (Try(at, i, f, piece) is { } numeric && double.IsFinite(numeric.Uncertainty))
                pairs.Add(new(i, computed[i], numeric.Value));
        return [.. pairs];
    }

    private static NumericDerivative Try(Matrix at, int index, Func<double> f, Func<int> piece)
    {
        var (before, here) = (at.Values[index], piece());
        var derivative = NumericDerivative.Of(
            h =>
            {
                var moved = at.Values[index] = (float)(before + h);
                return new((double)moved - before, f(), Smooth: piece() == here);
            },
            LargestStep);
        at.Values[index] = before;
        return derivative;
    }

    private static Matrix Copy(Matrix m)
    {
        var copy = new Matrix(m.Rows, m.Columns);
        m.ReadOnlyValues.CopyTo(copy.Values);
        return copy;
    }
}
