using Nabla.Optimizers;
using Nabla.Training.Doctor;

namespace Nabla.Training;

/// <summary>The cost or its gradient is no longer a number that can be worked with: the training cannot go on. The weights are those before the step.</summary>
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

    /// <summary>Looks at the cost and the gradient before the weights are changed. One that will be clipped may be as large as it likes, if it is finite.</summary>
    internal static void ThrowIf(Network network, double cost, Optimizer optimizer, (int Epoch, int Step)? position, Examination? examination = null, bool isClipped = false)
    {
        if (!float.IsFinite((float)cost))
            throw new DivergedException($"The cost is {(double.IsNaN(cost) ? "not a number (NaN)" : "beyond the range of float32")}", position, examination?.FirstNonFinite());
        var largest = network.Parameters.Gradients.LargestMagnitude;
        if (float.IsNaN(largest) || (!isClipped && !(largest < MostGradient && largest * optimizer.LearningRate < MostStep)))
            throw new DivergedException($"The gradient {Where(network)} is {(float.IsNaN(largest) ? "not finite" : $"as large as {largest:G3}")}", position, examination?.FirstNonFinite());
        if (examination is { SawNonFinite: true })
            throw new DivergedException("The output of a layer is not finite", position, examination.FirstNonFinite());
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
