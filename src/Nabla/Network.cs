namespace Nabla;

/// <summary>
/// Layers, one after the other, with their parameters in one flat buffer. A network does not change while it
/// predicts, so any number of threads may share it.
/// </summary>
public sealed class Network
{
    private readonly LayerSequence sequence;
    private readonly Predictor predictor;

    /// <summary>
    /// Joins the layers and draws initial weights, as <see cref="Initialize"/> does with seed 0; call it again for
    /// others. The first layer with weights determines the number of inputs.
    /// </summary>
    /// <exception cref="ArgumentException">The layers do not fit one another; the message names both.</exception>
    public Network(params Layer[] layers) : this(FirstInputs(layers), layers, seed: 0)
    {
    }

    /// <summary>Joins the layers for examples of a shape, such as images, and draws initial weights.</summary>
    /// <param name="input">The shape of one example: <c>new Shape(1, 28, 28)</c> for grey images of 28 × 28.</param>
    /// <param name="layers">The layers, from the input on.</param>
    /// <exception cref="ArgumentException">
    /// The layers do not fit the input or one another; the message names both.
    /// </exception>
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

    /// <summary>A network of layers that are already joined.</summary>
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

    /// <summary>The shape of one input example.</summary>
    public Shape InputShape => sequence.Input;

    /// <summary>The number of inputs: 784 for an image of 28 × 28.</summary>
    public int Inputs => sequence.Input.Size;

    /// <summary>The number of outputs.</summary>
    public int Outputs => sequence.Output.Size;

    /// <summary>All weights and biases, and their gradients.</summary>
    public ParameterBuffer Parameters { get; }

    /// <summary>
    /// All values that layers keep but do not learn, such as running statistics: (1, number of values).
    /// </summary>
    public Matrix State { get; }

    /// <summary>
    /// The parameters of all layers and what else they keep, such as running statistics, with their names in a model
    /// file. The names are those of a <c>torch.nn.Sequential</c>: “0.weight”, “0.bias”, “1.running_mean”.
    /// </summary>
    public IEnumerable<(string Name, Parameter Parameter)> NamedParameters => LayerSequence.Named(Layers);

    /// <summary>The layers as text: “dense 16, sigmoid, dense 10”.</summary>
    public string Description => string.Join(", ", Layers.Select(layer => layer.Description));

    /// <summary>Draws all initial weights. The same seed gives the same weights, on any machine.</summary>
    public void Initialize(ulong seed) =>
        sequence.Initialize(l => new RandomGenerator(seed, stream: (ulong)l + 1), atTheEnd: Initializer.Glorot);

    /// <summary>Copies the weights and all other state of a network with the same layers.</summary>
    /// <exception cref="ArgumentException">Its layers, or their sizes, are different.</exception>
    public void CopyFrom(Network other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Description != Description || other.InputShape != InputShape)
            throw new ArgumentException(
                $"The weights of “{other.Description}” for {other.InputShape} inputs do not fit " +
                $"“{Description}” for {InputShape}.",
                nameof(other));
        // The description of a custom layer need not show its size.
        if (other.Parameters.Count != Parameters.Count || other.State.Columns != State.Columns)
            throw new ArgumentException(
                $"The layers are both described as “{Description}”, but {other.Parameters.Count} parameters and " +
                $"{other.State.Columns} state values do not fit {Parameters.Count} and {State.Columns}.",
                nameof(other));
        other.Parameters.Values.Values.CopyTo(Parameters.Values.Values);
        other.State.Values.CopyTo(State.Values);
    }

    /// <summary>The outputs for a batch of examples, one a row.</summary>
    /// <param name="x">(B, <see cref="Inputs"/>); B may be 0.</param>
    /// <returns>(B, <see cref="Outputs"/>), a new matrix.</returns>
    /// <exception cref="ArgumentException">The number of columns is wrong.</exception>
    public Matrix Predict(Matrix x)
    {
        x.CheckShape(x.Rows, Inputs, "The batch");
        // An ordinary array, without alignment: it will not be an operand of a product.
        var y = new Matrix(new float[x.Rows * Outputs], 0, x.Rows, Outputs);
        Predict(x, y);
        return y;
    }

    /// <summary>
    /// Writes the outputs for a batch of examples, one a row, to <paramref name="y"/>. Once warm, it allocates nothing.
    /// </summary>
    /// <param name="x">(B, <see cref="Inputs"/>); B may be 0.</param>
    /// <param name="y">(B, <see cref="Outputs"/>), to be overwritten. It may be x itself.</param>
    /// <exception cref="ArgumentException">
    /// A matrix has the wrong shape, or <paramref name="y"/> overlaps inputs that are still to be read.
    /// </exception>
    public void Predict(Matrix x, Matrix y)
    {
        x.CheckShape(x.Rows, Inputs, "The batch");
        y.CheckShape(x.Rows, Outputs, "The matrix for the predictions");
        predictor.Predict(x, y.Values);
    }

    /// <summary>
    /// Writes the outputs for one example, or for several, one after the other, to <paramref name="y"/>. The examples
    /// are read in place. Any number of threads may call it at once; once warm, it allocates nothing for as many of
    /// them as there are processors.
    /// </summary>
    /// <param name="x">B × <see cref="Inputs"/> values.</param>
    /// <param name="y">To be overwritten with B × <see cref="Outputs"/> values.</param>
    /// <exception cref="ArgumentException">
    /// The number of values is wrong, or <paramref name="y"/> overlaps inputs that are still to be read.
    /// </exception>
    /// <exception cref="ArgumentNullException">The array is null.</exception>
    public void Predict(float[] x, Span<float> y) => predictor.Predict(x, y);

    /// <summary>The same for a span, which need not be a whole array: each example is copied first.</summary>
    /// <param name="x">B × <see cref="Inputs"/> values.</param>
    /// <param name="y">To be overwritten with B × <see cref="Outputs"/> values.</param>
    /// <exception cref="ArgumentException">
    /// The number of values is wrong, or <paramref name="y"/> overlaps inputs that are still to be read.
    /// </exception>
    public void Predict(ReadOnlySpan<float> x, Span<float> y) => predictor.Predict(x, y);

    /// <summary>Returns the output of each layer, in order, for a batch of examples.</summary>
    public IReadOnlyList<Matrix> Activations(Matrix x)
    {
        var pass = new Pass(sequence, x.Rows, random: null);
        Forward(x, pass);
        return [.. Layers.Select((_, l) => pass.Activation(l, x.Rows))];
    }

    /// <summary>A pass for training, with buffers for every activation and every derivative.</summary>
    internal Pass TrainingPass(int capacity, RandomGenerator random) => new(sequence, capacity, random);

    /// <summary>Runs a batch through all layers. Returns the output of the last, which belongs to the pass.</summary>
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
            throw new ArgumentException(
                "A layer can belong to one network only, once. Make a new layer instead of using one again.");
        return new LayerSequence(input, layers);
    }

    private static Shape FirstInputs(Layer[] layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        foreach (var layer in layers)
            if (layer?.Inputs is { } inputs)
                return Shape.Flat(inputs);
        return layers.Length == 0 || layers.Contains(null)
            ? Shape.Flat(1)                             // the caller will report the error
            : throw new ArgumentException(
                "No layer says how many inputs there are. Give the input shape: new Network(new Shape(1, 28, 28), …).");
    }
}
