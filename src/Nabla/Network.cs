using Nabla.Algebra;
using Nabla.Layers;

namespace Nabla;

/// <summary>
/// Layers, one after the other, and their parameters in one flat buffer. It is immutable while it predicts: any
/// number of threads may share it.
/// </summary>
public sealed class Network
{
    private const int MostAtOnce = 256;                 // examples in one pass of a prediction: what fits the caches

    private readonly Layer[] layers;
    private readonly int[] outputs;                     // of each layer
    private readonly PassPool idlePasses = new();

    /// <summary>Joins the layers and draws initial weights (<see cref="Initialize"/> with seed 0; draw again for another).</summary>
    /// <exception cref="ArgumentException">The layers do not fit one another; the message names both.</exception>
    public Network(params Layer[] layers) : this(layers, seed: 0)
    {
    }

    /// <summary>Joins the layers and draws initial weights, or none where they come from elsewhere: to draw a hundred thousand takes a hundredth of a second.</summary>
    internal Network(Layer[] layers, ulong? seed)
    {
        ArgumentNullException.ThrowIfNull(layers);
        this.layers = [.. layers];
        Inputs = FirstInputs(layers);
        outputs = JoinedOutputs(layers, Inputs);
        Parameter[] parameters = [.. layers.SelectMany(layer => layer.Parameters)];
        if (parameters.Any(p => p.IsAttached) || parameters.Distinct().Count() < parameters.Length)
            throw new ArgumentException("A layer can belong to one network only, once. Make a new layer instead of using one again.");
        Parameters = new ParameterBuffer(parameters);
        if (seed is { } drawn)
            Initialize(drawn);
    }

    /// <summary>The layers, from the input on.</summary>
    public IReadOnlyList<Layer> Layers => layers;

    /// <summary>How many numbers enter: 784 for an image of 28 × 28.</summary>
    public int Inputs { get; }

    /// <summary>How many numbers leave.</summary>
    public int Outputs => outputs[^1];

    /// <summary>All weights and biases, and their gradients.</summary>
    public ParameterBuffer Parameters { get; }

    /// <summary>The layers as text: “dense 16, sigmoid, dense 10”.</summary>
    public string Description => string.Join(", ", layers.Select(layer => layer.Description));

    /// <summary>Draws all initial weights. The same seed gives the same weights, on any machine.</summary>
    public void Initialize(ulong seed)
    {
        for (var l = 0; l < layers.Length; l++)
        {
            var suggested = l + 1 < layers.Length ? layers[l + 1].InitializerBefore : null;
            layers[l].Initialize(suggested ?? Initializer.Glorot, new RandomGenerator(seed, stream: (ulong)l + 1));
        }
    }

    /// <summary>The outputs for a batch of examples, one a row.</summary>
    public Matrix Predict(Matrix x)
    {
        var y = new Matrix(new float[x.Rows * Outputs], 0, x.Rows, Outputs);     // an ordinary array: nothing will be multiplied by it
        Predict(x, y);
        return y;
    }

    /// <summary>The outputs for a batch of examples, one a row, written to <paramref name="y"/>; nothing is allocated once warm.</summary>
    public void Predict(Matrix x, Matrix y)
    {
        x.CheckShape(x.Rows, Inputs, "The batch");
        y.CheckShape(x.Rows, Outputs, "The matrix for the predictions");
        var pass = TakePass(x.Rows);
        for (var row = 0; row < x.Rows; row += MostAtOnce)      // examples do not depend on one another
        {
            var count = Math.Min(MostAtOnce, x.Rows - row);
            Forward(x.RowRange(row, count), pass).Values.CopyTo(y.RowRange(row, count).Values);
        }
        idlePasses.Return(pass);
    }

    /// <summary>
    /// The outputs for one example, or for several, one after the other, written to <paramref name="y"/>. Any number of threads may call it at once;
    /// once warm, nothing is allocated for as many of them as there are processors.
    /// </summary>
    /// <param name="x">B × <see cref="Inputs"/> numbers.</param>
    /// <param name="y">To be overwritten with B × <see cref="Outputs"/> numbers.</param>
    /// <exception cref="ArgumentException">These are not as many numbers as there should be.</exception>
    public void Predict(ReadOnlySpan<float> x, Span<float> y)
    {
        var (examples, rest) = Math.DivRem(x.Length, Inputs);
        if (rest != 0)
            throw new ArgumentException($"{x.Length} inputs are not a whole number of examples of {Inputs} inputs each.", nameof(x));
        if (y.Length != (long)examples * Outputs)
            throw new ArgumentException(
                $"There is room for {y.Length} outputs, but {examples} examples have {Outputs} each, {(long)examples * Outputs} in all.", nameof(y));
        var pass = TakePass(examples);
        for (var first = 0; first < examples; first += MostAtOnce)
        {
            var count = Math.Min(MostAtOnce, examples - first);
            var input = pass.Input(count, Inputs);
            x.Slice(first * Inputs, count * Inputs).CopyTo(input.Values);
            Forward(input, pass).Values.CopyTo(y.Slice(first * Outputs, count * Outputs));
        }
        idlePasses.Return(pass);
    }

    /// <summary>The output of each layer, in order, for a batch of examples: what the network thinks on the way.</summary>
    public IReadOnlyList<Matrix> Activations(Matrix x)
    {
        var pass = new Pass(outputs, x.Rows, random: null);
        Forward(x, pass);
        return [.. layers.Select((_, l) => pass.Activation(l, x.Rows))];
    }

    /// <summary>A pass for training: it remembers every activation, and has room for every derivative.</summary>
    internal Pass TrainingPass(int capacity, RandomGenerator random) => new(outputs, capacity, random);

    /// <summary>Sends a batch through all layers: a⁰ = x, aˡ = layer l of aˡ⁻¹. Returns the last, which belongs to the pass.</summary>
    internal Matrix Forward(Matrix x, Pass pass)
    {
        x.CheckShape(x.Rows, Inputs, "The batch");
        for (var l = 0; l < layers.Length; l++)
        {
            var y = pass.Activation(l, x.Rows);
            layers[l].Forward(x, y, pass);
            x = y;
        }
        return x;
    }

    /// <summary>A pass for predicting as many examples as there are, or as go at once.</summary>
    private Pass TakePass(int examples)
    {
        var capacity = Math.Min(examples, MostAtOnce);
        return idlePasses.Take(capacity) ?? new Pass(outputs, capacity, random: null);
    }

    private static int FirstInputs(Layer[] layers)
    {
        if (layers.Length == 0)
            throw new ArgumentException("A network needs at least one layer.");
        if (layers.Contains(null))
            throw new ArgumentException("A layer is null.");
        foreach (var layer in layers)
            if (layer.Inputs is { } inputs)
                return inputs;
        throw new ArgumentException("No layer says how many inputs there are. A network needs at least one Dense layer.");
    }

    private static int[] JoinedOutputs(Layer[] layers, int inputs)
    {
        var outputs = new int[layers.Length];
        for (var l = 0; l < layers.Length; l++)
        {
            if (layers[l].Inputs is { } expected && expected != inputs)
                throw new ArgumentException(
                    $"Layer {l + 1} ({layers[l].Name}) expects {expected} inputs, but layer {l} ({layers[l - 1].Name}) gives {inputs}.");
            outputs[l] = inputs = layers[l].Outputs(inputs);
        }
        return outputs;
    }
}
