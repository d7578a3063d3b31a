namespace Nabla;

/// <summary>
/// One step of a training as an observer sees it, all read-only. It is valid until the observer returns.
/// </summary>
public sealed class TrainingStep
{
    private readonly Backpropagation backpropagation;
    private readonly Network network;
    private Matrix target;

    internal TrainingStep(Network network, Backpropagation backpropagation) =>
        (this.network, this.backpropagation) = (network, backpropagation);

    /// <summary>The epoch, from 1.</summary>
    public int Epoch { get; private set; }

    /// <summary>The step within the epoch, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>η, the learning rate of the step.</summary>
    public double LearningRate { get; private set; }

    /// <summary>C, the mean cost of the batch before the step.</summary>
    public double Cost { get; private set; }

    /// <summary>
    /// What is not finite, or too large for a step, as a sentence; null if nothing is. The training will end with a
    /// <see cref="DivergedException"/>, without changing the weights.
    /// </summary>
    public string? Divergence { get; private set; }

    /// <summary>(B, outputs): what the network should give.</summary>
    public ReadOnlyMatrix Target => target;

    /// <summary>The parameters of all layers as one row, in the order of <see cref="ParameterBuffer"/>.</summary>
    public ReadOnlyMatrix Parameters => network.Parameters.Values;

    /// <summary>∂C/∂w for each of them.</summary>
    public ReadOnlyMatrix Gradients => network.Parameters.Gradients;

    /// <summary>aˡ: the input of layer <paramref name="l"/>; for l = L, the output of the last layer.</summary>
    /// <param name="l">From 0, the batch itself, (B, inputs), to the number of layers.</param>
    public ReadOnlyMatrix Activation(int l) => backpropagation.Activation(l);

    /// <summary>∂C/∂aˡ. It is empty for l = 0, which no layer needs.</summary>
    /// <param name="l">From 0 to the number of layers.</param>
    public ReadOnlyMatrix Derivative(int l) => backpropagation.Derivative(l);

    internal void Begin(int epoch, int number, double learningRate, Matrix expected) =>
        (Epoch, Number, LearningRate, target) = (epoch, number, learningRate, expected);

    internal void Ran(double cost, string? divergence) => (Cost, Divergence) = (cost, divergence);
}
