using Nabla.Doctor;

namespace Nabla;

/// <summary>The cost or its gradient is no longer a number that can be worked with: the training cannot go on. The weights are those before the step.</summary>
/// <remarks>
/// The running statistics of a batch normalisation move on the way forward, so that they have moved with this batch already; channels in which that would have left
/// a number that is not finite have not. A checkpoint that was taken before has them as they were.
/// </remarks>
public sealed class DivergedException : Exception
{
    private const float MostGradient = 1e18f;           // its square, which Adam remembers, is still a float32
    private const double MostStep = 1e30;               // so are a hundred such steps, which momentum may add up

    private DivergedException(string problem, (int Epoch, int Step)? position, Finding? finding)
        : base($"{problem}{(position is var (epoch, step) ? $" in epoch {epoch}, step {step}" : "")}; the weights were left as they were before it. " +
               "Try a learning rate ten times smaller, and check that the inputs are scaled." + (finding is null ? "" : $" {finding.Code}: {finding.Message}"))
    {
        Finding = finding;
        Epoch = position?.Epoch;
        Step = position?.Step;
    }

    /// <summary>The epoch, from 1; null in a loop of one's own.</summary>
    public int? Epoch { get; }

    /// <summary>The step within the epoch, from 1; null in a loop of one's own.</summary>
    public int? Step { get; }

    /// <summary>Where it began, if a <see cref="TrainingDoctor"/> watched; else null.</summary>
    public Finding? Finding { get; }

    /// <summary>Looks at the cost and the gradient before the weights are changed. One that will be clipped is as large as it will be then, if it is finite.</summary>
    internal static void ThrowIf(Network network, Matrix x, Pass pass, double cost, Optimizer optimizer, Clipping? clipping, (int Epoch, int Step)? position, Examination? examination)
    {
        if (!float.IsFinite((float)cost))
            throw new DivergedException(
                $"The cost is {(double.IsNaN(cost) ? "not a number (NaN)" : "beyond the range of float32")}{(examination is null ? Origin(network, x, pass) : "")}", position, examination?.FirstNonFinite());
        var largest = network.Parameters.Gradients.LargestMagnitude;
        var applied = Math.Min(largest, clipping?.Most ?? double.PositiveInfinity);
        if (float.IsNaN(largest) || !(applied < MostGradient && applied * optimizer.LearningRate < MostStep))
            throw new DivergedException($"The gradient {Where(network)} is {(float.IsNaN(largest) ? "not finite" : $"as large as {largest:G3}")}", position, examination?.FirstNonFinite());
        if (examination is { SawNonFinite: true })
            throw new DivergedException("The output of a layer is not finite", position, examination.FirstNonFinite());
    }

    /// <summary>The first layer, on the way forward, whose output is not finite; nothing if it is the loss that made too much of its last.</summary>
    private static string Origin(Network network, Matrix x, Pass pass)
    {
        if (float.IsNaN(x.LargestMagnitude))
            return ", for an input is not finite";
        for (var l = 0; l < network.Layers.Count; l++)
            if (float.IsNaN(pass.Activation(l, x.Rows).LargestMagnitude))
                return $", for the output of layer {l + 1} ({network.Layers[l].Name}) is not finite";
        return $", though the output of layer {network.Layers.Count} ({network.Layers[^1].Name}) is finite";
    }

    /// <summary>The last layer whose gradient is as bad as any: backpropagation came to it first.</summary>
    private static string Where(Network network)
    {
        var worst = network.Parameters.Gradients.LargestMagnitude;
        for (var l = network.Layers.Count - 1; l >= 0; l--)
            foreach (var parameter in network.Layers[l].Parameters)
                if (parameter.Gradient.LargestMagnitude is var largest && (largest == worst || float.IsNaN(largest)))
                    return $"of layer {l + 1} ({network.Layers[l].Name}), {parameter.Name},";
        return "";
    }
}
