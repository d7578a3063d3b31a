using Nabla.Algebra;

namespace Nabla.Layers;

/// <summary>
/// What one journey through a network needs besides the network: the activation of every layer, for training their
/// derivatives too, and random numbers. The network itself stays as it is, so that many passes may use it at once.
/// </summary>
public sealed class Pass
{
    private readonly Matrix[] activations;              // [l]: the output of layer l for the largest batch
    private readonly Matrix[] derivatives;              // [l]: ∂C/∂ of the same
    private Matrix input;                               // room for a batch that does not come as a matrix

    internal Pass(IReadOnlyList<int> outputs, int capacity, RandomGenerator? random)
    {
        Capacity = capacity;
        Random = random;
        activations = [.. outputs.Select(width => new Matrix(capacity, width))];
        derivatives = random is null ? [] : [.. outputs.Select(width => new Matrix(capacity, width))];
    }

    /// <summary>Whether the network is being trained. If not, it predicts: nothing is random, and nothing will go backwards.</summary>
    public bool IsTraining => Random is not null;

    /// <summary>The random numbers of this training; null when predicting.</summary>
    public RandomGenerator? Random { get; }

    /// <summary>The most examples that fit.</summary>
    internal int Capacity { get; }

    /// <summary>Room for a batch of <paramref name="batch"/> examples of <paramref name="inputs"/> numbers each.</summary>
    internal Matrix Input(int batch, int inputs)
    {
        if (input.IsEmpty)
            input = new Matrix(Capacity, inputs);
        return input.FirstRows(batch);
    }

    /// <summary>The output of layer <paramref name="layer"/>, counted from 0, for a batch of <paramref name="batch"/> examples.</summary>
    internal Matrix Activation(int layer, int batch) => activations[layer].FirstRows(batch);

    /// <summary>∂C/∂ that output.</summary>
    internal Matrix Derivative(int layer, int batch) => derivatives[layer].FirstRows(batch);
}
