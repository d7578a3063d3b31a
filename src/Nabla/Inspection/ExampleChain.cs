namespace Nabla.Inspection;

/// <summary>The links of the chain rule for one example, each on its own.</summary>
/// <remarks>
/// Names: x is the network's input, z₁ the output of layer 1 if it is dense, a₂ the output of layer 2 if it is
/// anything else. Layers count from 1.
/// </remarks>
internal sealed class ExampleChain
{
    private readonly Network network;
    private readonly Loss loss;
    private readonly Matrix x, target;
    private readonly Pass pass;

    public ExampleChain(Network network, Loss loss, Matrix x, Matrix target)
    {
        (this.network, this.loss, this.x, this.target) = (network, loss, x, target);
        pass = network.TrainingPass(1, new RandomGenerator(0));
        network.Forward(x, pass);
    }

    /// <summary>∂z[o]/∂W[o, i] = a[i]: z[o] is a sum in which W[o, i] multiplies what enters.</summary>
    public ChainRuleFactor WhatEnters(int l, int o, int i) => new(
        $"∂{Name(l)}[{o}]/∂W{Subscript(l)}[{o}, {i}]",
        $"{Name(l - 1)}[{i}]",
        "what enters through the weight",
        Values(l - 1)[i],
        [],
        []);

    /// <summary>∂a[o]/∂z[o], the slope of an activation at the z of this example.</summary>
    public ChainRuleFactor Slope(int l, int o)
    {
        var layer = network.Layers[l];
        return new(
            $"∂{Name(l)}[{o}]/∂{Name(l - 1)}[{o}]",
            layer.SlopeFormula!,
            $"the slope of layer {l + 1} ({layer.Description})",
            Slopes(l)[o],
            [("z", Values(l - 1)[o]), ("a", Values(l)[o])],
            []);
    }

    /// <summary>∂C/∂x[j] = Σₖ ∂y[k]/∂x[j] · ∂C/∂y[k], where x is the input of layer
    /// <paramref name="l"/> and y its output.</summary>
    public ChainRuleFactor SumOverNext(int l, int j)
    {
        var layer = network.Layers[l];
        var delta = Delta(l);
        var links = Links(l, j);
        ChainRuleTerm[] terms =
        [
            .. links.Select((link, k) =>
                new ChainRuleTerm(LinkName(l, $"{k}", j), link, $"∂C/∂{Name(l)}[{k}]", delta[k])),
        ];
        return new(
            $"∂C/∂{Name(l - 1)}[{j}]",
            $"Σₖ {LinkName(l, "k", j)} · ∂C/∂{Name(l)}[k]",
            $"through all {terms.Length} outputs of layer {l + 1} ({layer.Description})",
            terms.Sum(term => term.Product),
            [],
            terms);
    }

    /// <summary>∂C/∂a[o] at the end of the network.</summary>
    public ChainRuleFactor LossDerivative(int o)
    {
        var last = network.Layers.Count - 1;
        var output = Values(last);
        var meaning = new float[output.Length];
        loss.Interpret(output, meaning);
        (string, double)[] given = loss.TakesLogits ? [("z", output[o]), ("p", meaning[o])] : [("a", output[o])];
        return new(
            $"∂C/∂{Name(last)}[{o}]",
            loss.DerivativeFormula,
            $"the derivative of the loss, {loss.Name}",
            Delta(last)[o],
            [.. given, ("y", target.Values[o])],
            []);
    }

    /// <summary>Whether each output of a layer depends on one input only, and has a slope.</summary>
    public static bool HasSlope(Layer layer) => layer.SlopeFormula is not null;

    public static string Subscript(int l) =>
        string.Concat($"{l + 1}".Select(digit => (char)('₀' + (digit - '0'))));

    /// <summary>∂C/∂ every output of layer l: from the loss at the last layer,
    /// otherwise from the layer after it.</summary>
    private double[] Delta(int l)
    {
        if (l == network.Layers.Count - 1)
        {
            var dOutput = new Matrix(1, network.Outputs);
            loss.Backward(pass.Activation(l, 1), target, dOutput);
            return [.. dOutput.Values.ToArray().Select(d => (double)d)];
        }
        var next = Delta(l + 1);
        if (HasSlope(network.Layers[l + 1]))
            return [.. Slopes(l + 1).Select((slope, j) => slope * next[j])];
        double Sum(int j) => Links(l + 1, j).Select((link, k) => link * next[k]).Sum();
        return [.. Enumerable.Range(0, Values(l).Length).Select(Sum)];
    }

    /// <summary>f′ for every input of a layer with slopes.
    /// Its Jacobian is diagonal, so one product with a row of ones gives all of it.</summary>
    private double[] Slopes(int l)
    {
        var ones = new Matrix(1, Values(l).Length);
        ones.Values.Fill(1);
        return TimesJacobian(l, ones);
    }

    /// <summary>Column j of a layer's Jacobian: ∂y[k]/∂x[j] for every output k.</summary>
    private IEnumerable<double> Links(int l, int j) => network.Layers[l] is Dense dense
        ? Enumerable.Range(0, dense.Weights.Rows).Select(k => (double)dense.Weights.Value[k, j])
        : Enumerable.Range(0, Values(l).Length).Select(k => JacobianRow(l, k)[j]);

    private readonly Dictionary<(int Layer, int Output), double[]> jacobianRows = [];

    /// <summary>Row k of a layer's Jacobian: ∂y[k]/∂x[j] for every input j.</summary>
    private double[] JacobianRow(int l, int k)
    {
        if (!jacobianRows.TryGetValue((l, k), out var row))
        {
            var unit = new Matrix(1, Values(l).Length);
            unit.Values[k] = 1;
            jacobianRows[(l, k)] = row = TimesJacobian(l, unit);
        }
        return row;
    }

    /// <summary>v times the layer's Jacobian, which is what its backward pass computes.</summary>
    private double[] TimesJacobian(int l, Matrix v)
    {
        var dX = new Matrix(1, Values(l - 1).Length);
        network.Layers[l].Backward(l == 0 ? x : pass.Activation(l - 1, 1), pass.Activation(l, 1), v, dX, pass);
        return [.. dX.Values.ToArray().Select(d => (double)d)];
    }

    private ReadOnlySpan<float> Values(int l) => (l < 0 ? x : pass.Activation(l, 1)).ReadOnlyValues;

    private string Name(int l) => l < 0 ? "x" : (network.Layers[l] is Dense ? "z" : "a") + Subscript(l);

    private string LinkName(int l, string k, int j) =>
        network.Layers[l] is Dense ? $"W{Subscript(l)}[{k}, {j}]" : $"∂{Name(l)}[{k}]/∂{Name(l - 1)}[{j}]";
}
