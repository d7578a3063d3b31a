namespace Nabla;

/// <summary>
/// Layers, one after the other, and their parameters in one flat buffer. It is immutable while it predicts: any
/// number of threads may share it.
/// </summary>
public sealed class Network
{
    private readonly LayerSequence sequence;
    private readonly Predictor predictor;

    /// <summary>Joins the layers and draws initial weights (<see cref="Initialize"/> with seed 0; draw again for another). The first that has weights says how many inputs there are.</summary>
    /// <exception cref="ArgumentException">The layers do not fit one another; the message names both.</exception>
    public Network(params Layer[] layers) : this(FirstInputs(layers), layers, seed: 0)
    {
    }

    /// <summary>Joins the layers for examples of a shape, such as images, and draws initial weights.</summary>
    /// <param name="input">The shape of one example: <c>new Shape(1, 28, 28)</c> for grey images of 28 × 28.</param>
    /// <param name="layers">The layers, from the input on.</param>
    /// <exception cref="ArgumentException">The layers do not fit the input or one another; the message names both.</exception>
    public Network(Shape input, params Layer[] layers) : this(input, layers, seed: 0)
    {
    }

    /// <summary>Joins the layers for examples of a shape, and draws initial weights from a seed.</summary>
    /// <param name="input">The shape of one example.</param>
    /// <param name="layers">The layers, from the input on.</param>
    /// <param name="seed">
    /// The seed, as for <see cref="Initialize"/>. If null, no weights are drawn and all are 0: for weights that come
    /// from elsewhere, such as <see cref="CopyFrom"/>.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The layers do not fit the input or one another; the message names both.
    /// </exception>
    public Network(Shape input, Layer[] layers, ulong? seed) : this(Join(input, layers), seed)
    {
    }

    /// <summary>A network of layers that are joined already.</summary>
    internal Network(LayerSequence sequence, ulong? seed)
    {
        this.sequence = sequence;
        Parameters = new ParameterBuffer([.. sequence.Layers.SelectMany(layer => layer.Parameters)]);
        State = ParameterBuffer.AttachState([.. sequence.Layers.SelectMany(layer => layer.State)]);
        foreach (var layer in sequence.Layers)
            layer.SetBelongsToNetwork();
        predictor = new Predictor(sequence);
        if (seed is { } drawn)
            Initialize(drawn);
    }

    /// <summary>The layers, from the input on.</summary>
    public IReadOnlyList<Layer> Layers => sequence.Layers;

    /// <summary>The shape of one example that enters.</summary>
    public Shape InputShape => sequence.Input;

    /// <summary>How many numbers enter: 784 for an image of 28 × 28.</summary>
    public int Inputs => sequence.Input.Size;

    /// <summary>How many numbers leave.</summary>
    public int Outputs => sequence.Output.Size;

    /// <summary>All weights and biases, and their gradients.</summary>
    public ParameterBuffer Parameters { get; }

    /// <summary>All numbers that layers keep but do not learn, such as running statistics, (1, how many).</summary>
    public Matrix State { get; }

    /// <summary>
    /// The parameters of all layers and what else they keep, such as running statistics, with their names in a model
    /// file. The names are those of a <c>torch.nn.Sequential</c>: “0.weight”, “0.bias”, “1.running_mean”.
    /// </summary>
    public IEnumerable<(string Name, Parameter Parameter)> NamedParameters => LayerSequence.Named(Layers);

    /// <summary>The layers as text: “dense 16, sigmoid, dense 10”.</summary>
    public string Description => string.Join(", ", Layers.Select(layer => layer.Description));

    /// <summary>Draws all initial weights. The same seed gives the same weights, on any machine.</summary>
    public void Initialize(ulong seed) => sequence.Initialize(l => new RandomGenerator(seed, stream: (ulong)l + 1), atTheEnd: Initializer.Glorot);

    /// <summary>Takes over the weights, and all else that is kept, of a network of the same layers.</summary>
    /// <exception cref="ArgumentException">It has other layers.</exception>
    public void CopyFrom(Network other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Description != Description || other.InputShape != InputShape)
            throw new ArgumentException($"The weights of “{other.Description}” for {other.InputShape} inputs do not fit “{Description}” for {InputShape}.", nameof(other));
        other.Parameters.Values.Values.CopyTo(Parameters.Values.Values);
        other.State.Values.CopyTo(State.Values);
    }

    /// <summary>The outputs for a batch of examples, one a row.</summary>
    /// <param name="x">(B, <see cref="Inputs"/>); B may be 0.</param>
    /// <returns>(B, <see cref="Outputs"/>), a new matrix.</returns>
    /// <exception cref="ArgumentException">It has another number of columns.</exception>
    public Matrix Predict(Matrix x)
    {
        x.CheckShape(x.Rows, Inputs, "The batch");
        var y = new Matrix(new float[x.Rows * Outputs], 0, x.Rows, Outputs);     // an ordinary array: nothing will be multiplied by it
        Predict(x, y);
        return y;
    }

    /// <summary>The outputs for a batch of examples, one a row, written to <paramref name="y"/>; nothing is allocated once warm.</summary>
    /// <param name="x">(B, <see cref="Inputs"/>); B may be 0.</param>
    /// <param name="y">(B, <see cref="Outputs"/>), to be overwritten. It may be x itself.</param>
    /// <exception cref="ArgumentException">A matrix has another shape, or <paramref name="y"/> lies over inputs that are still to be read.</exception>
    public void Predict(Matrix x, Matrix y)
    {
        x.CheckShape(x.Rows, Inputs, "The batch");
        y.CheckShape(x.Rows, Outputs, "The matrix for the predictions");
        predictor.Predict(x, y.Values);
    }

    /// <summary>
    /// The outputs for one example, or for several, one after the other, written to <paramref name="y"/>. Any number of threads may call it at once;
    /// once warm, nothing is allocated for as many of them as there are processors. The examples are read where they are.
    /// </summary>
    /// <param name="x">B × <see cref="Inputs"/> numbers.</param>
    /// <param name="y">To be overwritten with B × <see cref="Outputs"/> numbers.</param>
    /// <exception cref="ArgumentException">These are not as many numbers as there should be, or <paramref name="y"/> lies over inputs that are still to be read.</exception>
    /// <exception cref="ArgumentNullException">There is no array.</exception>
    public void Predict(float[] x, Span<float> y) => predictor.Predict(x, y);

    /// <summary>The same for numbers that are no whole array: each example is copied first.</summary>
    /// <param name="x">B × <see cref="Inputs"/> numbers.</param>
    /// <param name="y">To be overwritten with B × <see cref="Outputs"/> numbers.</param>
    /// <exception cref="ArgumentException">These are not as many numbers as there should be, or <paramref name="y"/> lies over inputs that are still to be read.</exception>
    public void Predict(ReadOnlySpan<float> x, Span<float> y) => predictor.Predict(x, y);

    /// <summary>The output of each layer, in order, for a batch of examples: what the network thinks on the way.</summary>
    public IReadOnlyList<Matrix> Activations(Matrix x)
    {
        var pass = new Pass(sequence, x.Rows, random: null);
        Forward(x, pass);
        return [.. Layers.Select((_, l) => pass.Activation(l, x.Rows))];
    }

    /// <summary>A pass for training: it remembers every activation, and has room for every derivative.</summary>
    internal Pass TrainingPass(int capacity, RandomGenerator random) => new(sequence, capacity, random);

    /// <summary>Sends a batch through all layers. Returns what leaves the last, which belongs to the pass.</summary>
    internal Matrix Forward(Matrix x, Pass pass)
    {
        x.CheckShape(x.Rows, Inputs, "The batch");
        return sequence.Forward(x, pass);
    }

    private static LayerSequence Join(Shape input, Layer[] layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        if (layers.Length == 0)
            throw new ArgumentException("A network needs at least one layer.");
        if (layers.Contains(null))
            throw new ArgumentException("A layer is null.");
        Layer[] all = [.. layers.SelectMany(layer => layer.WithInner())];
        if (all.Any(layer => layer.BelongsToNetwork) || all.Distinct().Count() < all.Length)
            throw new ArgumentException("A layer can belong to one network only, once. Make a new layer instead of using one again.");
        return new LayerSequence(input, layers);
    }

    private static Shape FirstInputs(Layer[] layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        foreach (var layer in layers)
            if (layer?.Inputs is { } inputs)
                return Shape.Flat(inputs);
        return layers.Length == 0 || layers.Contains(null)
            ? Shape.Flat(1)                             // what is wrong with them will be said
            : throw new ArgumentException("No layer says how many inputs there are. Say what enters: new Network(new Shape(1, 28, 28), …).");
    }
}
