namespace Nabla;

/// <summary>
/// Detects a step that must not be made, because its cost or its gradient is not finite or too large.
/// </summary>
internal static class Divergence
{
    private const float MostGradient = 1e18f;           // its square, which Adam remembers, is still a float32
    private const double MostStep = 1e30;               // so are a hundred such steps, which momentum may add up

    /// <summary>
    /// What is wrong with the cost and the gradient before the weights are changed; null if nothing is. A gradient that
    /// will be clipped counts as large as it will be then, if it is finite.
    /// </summary>
    public static string? Of(Network network, double cost, Optimizer optimizer, Clipping? clipping)
    {
        if (!float.IsFinite((float)cost))
            return $"The cost is {(double.IsNaN(cost) ? "not a number (NaN)" : "beyond the range of float32")}";
        var largest = network.Parameters.Gradients.LargestMagnitude;
        var applied = Math.Min(largest, clipping?.Most ?? double.PositiveInfinity);
        return float.IsNaN(largest) || !(applied < MostGradient && applied * optimizer.LearningRate < MostStep)
            ? $"The gradient {Where(network, largest)} is " +
              $"{(float.IsNaN(largest) ? "not finite" : $"as large as {largest:G3}")}"
            : null;
    }

    /// <summary>
    /// Where a cost that is not finite came from, to follow in the sentence: the first layer whose output is not
    /// finite. Empty if the cost is finite.
    /// </summary>
    public static string Origin(Network network, double cost, Backpropagation backpropagation)
    {
        if (float.IsFinite((float)cost))
            return "";
        if (float.IsNaN(backpropagation.Activation(0).LargestMagnitude))
            return ", for an input is not finite";
        for (var l = 0; l < network.Layers.Count; l++)
            if (float.IsNaN(backpropagation.Activation(l + 1).LargestMagnitude))
                return $", for the output of layer {l + 1} ({network.Layers[l].Name}) is not finite";
        return $", though the output of layer {network.Layers.Count} ({network.Layers[^1].Name}) is finite";
    }

    /// <summary>The last layer whose gradient is the worst: backpropagation reached it first.</summary>
    private static string Where(Network network, float worst)
    {
        for (var l = network.Layers.Count - 1; l >= 0; l--)
            foreach (var parameter in network.Layers[l].Parameters)
                if (parameter.Gradient.LargestMagnitude is var largest && (largest == worst || float.IsNaN(largest)))
                    return $"of layer {l + 1} ({network.Layers[l].Name}), {parameter.Name},";
        return "";
    }
}
