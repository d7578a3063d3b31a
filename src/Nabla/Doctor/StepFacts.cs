namespace Nabla.Doctor;

/// <summary>
/// One step that is looked at, after the update: the activations, their derivatives, and how far the weights moved.
/// It is valid until the check returns.
/// </summary>
public sealed class StepFacts
{
    private readonly WatchedWeights[] weights;
    private readonly Parameter[][] parameters;          // [layer]
    private TrainingStep? step;

    internal StepFacts(TrainingFacts training)
    {
        Training = training;
        parameters = [.. training.Network.Layers.Select(layer => layer.Parameters.ToArray())];
        weights = [.. WatchedWeights.Of(training.Network)];
    }

    /// <summary>What was known before the first step.</summary>
    public TrainingFacts Training { get; }

    /// <summary>The number of steps since the start of the training, including this one.</summary>
    public long Number { get; private set; }

    /// <summary>How many of them were looked at, including this one.</summary>
    public int Look { get; private set; }

    /// <summary>The cost of the batch, before the step.</summary>
    public double Cost { get; private set; }

    /// <summary>The weights of all layers before and after the step, without the biases.</summary>
    public ReadOnlySpan<WatchedWeights> Weights => weights;

    /// <summary>The output of a layer, counted from 0: (B, O). For −1, the input of the network.</summary>
    public ReadOnlyMatrix Output(int layer) => step!.Activation(layer + 1);

    /// <summary>∂C/∂ that output, before the step.</summary>
    public ReadOnlyMatrix Derivative(int layer) => step!.Derivative(layer + 1);

    /// <summary>
    /// Whether the gradient of every parameter of the layers up to this one, counted from 0, is exactly 0, before the
    /// optimiser adds its decay.
    /// </summary>
    public bool HasNoGradientUpTo(int layer)
    {
        while (layer >= 0 && parameters[layer].Length == 0)
            layer--;
        // If this derivative is 0, the derivatives of the layers before it are 0 too.
        return layer < 0 || !Derivative(layer).Values.ContainsAnyExcept(0f);
    }

    internal void Set(TrainingStep of, SamplingPlan sampling) =>
        (step, Cost, Number, Look) = (of, of.Cost, sampling.Steps, sampling.Taken);

    internal void RememberWeights()
    {
        foreach (var watched in weights)
            watched.Remember();
    }
}
