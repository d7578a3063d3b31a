namespace Nabla.Inspection;

/// <summary>
/// Explains one weight on one example: how the cost C changes with it, as a product of factors, each with its name
/// and its value.
/// </summary>
/// <remarks>
/// <para>A weight W[o, i] of a dense layer can change the cost in one way only. It changes its neuron's sum z[o]; that
/// changes the activation a[o]; and that changes the cost, through every neuron that a[o] enters. The chain rule
/// multiplies the links:</para>
/// <code>
/// ∂C/∂W[o, i]  =  ∂z[o]/∂W[o, i]  ·  ∂a[o]/∂z[o]  ·  ∂C/∂a[o]
///              =  what enters     ·  the slope    ·  how much the rest of the network cares
/// </code>
/// <para>At the last layer, the last factor is the loss's own derivative. Before that, it is a sum over the next
/// layer's neurons k, because a[o] reaches the cost through each of them: ∂C/∂a[o] = Σₖ W[k, o] · ∂C/∂z[k], where
/// ∂C/∂z[k] is found in the same way, one layer further on. This is what backpropagation computes, from the end to
/// the beginning and for all weights at once. Here it is computed for one weight, link by link in double precision,
/// without using the results of backpropagation, so that the two can be compared.</para>
/// </remarks>
public static class ChainRule
{
    /// <summary>Explains ∂C/∂W[o, i]. Afterwards the network's gradients are those of this one example.</summary>
    /// <param name="network">The network; its weights do not change.</param>
    /// <param name="loss">The cost.</param>
    /// <param name="x">(1, inputs): the example.</param>
    /// <param name="target">(1, outputs): the desired output for it.</param>
    /// <param name="layer">The index of the layer, from 0.
    /// It must be a <see cref="Dense"/>, and no layer may be a <see cref="BatchNorm"/>.</param>
    /// <param name="output">o, the neuron that the weight leads to, from 0.</param>
    /// <param name="input">i, the input that the weight comes from, from 0.</param>
    /// <exception cref="ArgumentException">There is no such weight; the message says which there are.
    /// Or a layer computes with the whole batch.</exception>
    public static WeightExplanation Explain(
        Network network, Loss loss, Matrix x, Matrix target, int layer, int output, int input)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(loss);
        x.CheckShape(1, network.Inputs, "The example");
        target.CheckShape(1, network.Outputs, "Its target");
        var dense = DenseAt(network, layer, output, input);
        CheckOneExampleIsEnough(network);

        var example = new ExampleChain(network, loss, x, target);
        List<ChainRuleFactor> factors = [example.WhatEnters(layer, output, input)];     // ∂z/∂W
        var l = layer + 1;
        for (; l < network.Layers.Count && ExampleChain.HasSlope(network.Layers[l]); l++)
            factors.Add(example.Slope(l, output));                                      // ∂a/∂z, for each activation
        factors.Add(l < network.Layers.Count
            ? example.SumOverNext(l, output)                                            // ∂C/∂a, through the next layer
            : example.LossDerivative(output));                                          // ∂C/∂a, at the end

        var cost = new Backpropagation(network, loss).Run(x, target);
        var index = output * dense.Weights.Columns + input;
        var numeric = GradientCheck.NumericDerivativeOf(network, loss, x, target, dense.Weights, index);
        return new WeightExplanation(
            $"W{ExampleChain.Subscript(layer)}[{output}, {input}]",
            layer,
            output,
            input,
            dense.Weights.Value[output, input],
            cost,
            factors,
            Stored: dense.Weights.Gradient[output, input],
            numeric);
    }

    private static Dense DenseAt(Network network, int layer, int output, int input)
    {
        if ((uint)layer >= (uint)network.Layers.Count)
            throw new ArgumentException(
                $"There is no layer {layer + 1L}: the network has layers 1 to {network.Layers.Count}. "
                + Weights(network));
        if (network.Layers[layer] is not Dense dense)
            throw new ArgumentException(
                $"Layer {layer + 1} ({network.Layers[layer].Name}) has no weights W[o, i]. {Weights(network)}");
        var (outputs, inputs) = (dense.Weights.Rows, dense.Weights.Columns);
        return (uint)output < (uint)outputs && (uint)input < (uint)inputs
            ? dense
            : throw new ArgumentException(
                $"Layer {layer + 1} ({dense.Name}) has no weight W[{output}, {input}]: "
                + $"o goes from 0 to {outputs - 1} and i from 0 to {inputs - 1}.");
    }

    /// <summary>
    /// Whether the weights of a network can be explained by one example. They cannot if a layer, such as
    /// <see cref="BatchNorm"/>, computes with the whole batch.
    /// </summary>
    public static bool CanExplain(Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return LayerOfWholeBatch(network) is null;
    }

    /// <summary>The index of the first layer that computes with the whole batch; null if there is none.</summary>
    private static int? LayerOfWholeBatch(Network network)
    {
        for (var l = 0; l < network.Layers.Count; l++)
            if (network.Layers[l].WithInner().Any(layer => layer is BatchNorm))
                return l;
        return null;
    }

    private static void CheckOneExampleIsEnough(Network network)
    {
        if (LayerOfWholeBatch(network) is { } l)
            throw new ArgumentException(
                $"The gradient of a single example cannot be explained for this network: layer {l + 1} "
                + $"({network.Layers[l].Name}) normalises with the mean and variance of the whole batch, "
                + "so the cost of each example depends on all of them. "
                + "It can be explained for networks without batch-norm; layer-norm is allowed.");
    }

    private static string Weights(Network network)
    {
        var layers = network.Layers;
        int[] dense = [.. Enumerable.Range(1, layers.Count).Where(number => layers[number - 1] is Dense)];
        return dense.Length == 0 ? "No layer is dense." : $"Dense layers are: {string.Join(", ", dense)}.";
    }
}
