namespace Nabla;

/// <summary>
/// What one run through a network needs besides the network: the activation of every layer; for training their
/// derivatives and random numbers too; and scratch buffers for what layers remember. The network itself does not
/// change, so many passes may use it at once.
/// </summary>
public sealed class Pass
{
    private readonly Matrix[] activations;              // [l]: the output of layer l for the largest batch
    private readonly Matrix[] derivatives;              // [l]: ∂C/∂ that output
    private readonly List<(Layer Layer, OperationMemory Memory)> memories = [];
    private readonly List<(LayerSequence Chain, Pass Pass)> inner = [];
    private Matrix input;                               // buffer for a batch that does not come as a matrix

    internal Pass(LayerSequence sequence, int capacity, RandomGenerator? random)
    {
        Capacity = capacity;
        Random = random;
        activations = [.. sequence.Layers.Select(layer => new Matrix(capacity, layer.OutputShape.Size))];
        derivatives = random is null ? [] : [.. activations.Select(y => new Matrix(capacity, y.Columns))];
    }

    /// <summary>
    /// Whether the network is being trained. If not, it predicts: nothing is random, and there is no backward pass.
    /// </summary>
    public bool IsTraining => Random is not null;

    /// <summary>The random numbers of this training; null when predicting.</summary>
    public RandomGenerator? Random { get; }

    /// <summary>
    /// A matrix of the layer's own, in which it remembers from <see cref="Layer.Forward"/> what
    /// <see cref="Layer.Backward"/> needs. The same name gives the same values again. It is allocated when it is first
    /// used, then 0, and when it has to grow.
    /// </summary>
    /// <param name="layer">The layer that remembers.</param>
    /// <param name="name">What it remembers: “mask”.</param>
    /// <param name="rows">How many rows it needs now.</param>
    /// <param name="columns">How many columns.</param>
    /// <exception cref="OverflowException">It would have more elements than an array can hold.</exception>
    public Matrix Memory(Layer layer, string name, int rows, int columns) => Memory(layer).Matrix(name, rows, columns);

    /// <summary>All that the operation of a layer remembers in this pass, and its scratch buffers.</summary>
    internal OperationMemory Memory(Layer layer)
    {
        foreach (var (known, memory) in memories)
            if (known == layer)
                return memory;
        memories.Add((layer, new OperationMemory(IsTraining)));
        return memories[^1].Memory;
    }

    /// <summary>The maximum number of examples.</summary>
    internal int Capacity { get; }

    /// <summary>The pass through a sequence of layers inside one of these layers.</summary>
    internal Pass Through(LayerSequence sequence)
    {
        foreach (var (known, pass) in inner)
            if (known == sequence)
                return pass;
        inner.Add((sequence, new Pass(sequence, Capacity, Random)));
        return inner[^1].Pass;
    }

    /// <summary>
    /// A buffer for a batch of <paramref name="batch"/> examples of <paramref name="inputs"/> values each.
    /// </summary>
    internal Matrix Input(int batch, int inputs)
    {
        if (input.IsEmpty)
            input = new Matrix(Capacity, inputs);
        return input.FirstRows(batch);
    }

    /// <summary>
    /// The output of layer <paramref name="layer"/>, counted from 0, for a batch of <paramref name="batch"/> examples.
    /// </summary>
    internal Matrix Activation(int layer, int batch) => activations[layer].FirstRows(batch);

    /// <summary>∂C/∂ that output.</summary>
    internal Matrix Derivative(int layer, int batch) => derivatives[layer].FirstRows(batch);
}
