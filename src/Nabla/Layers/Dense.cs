namespace Nabla;

/// <summary>Fully connected layer: Y = X·Wᵀ + b.</summary>
/// <remarks>
/// Every input drives every neuron. Shapes: X (B, I), W (O, I), b (1, O), Y (B, O). An image enters as a row of
/// values. The gradients are equations BP2 to BP4 of Nielsen, <i>Neural Networks and Deep Learning</i>, chapter 2, for
/// a whole batch at once.
/// </remarks>
public sealed class Dense : Layer
{
    private readonly int outputs;
    private Parameter? weights;

    /// <summary>A layer for as many inputs as the layer before it gives.</summary>
    /// <param name="outputs">O, the number of neurons.</param>
    public Dense(int outputs)
    {
        this.outputs = Positive(outputs, "outputs");
        Bias = Parameter.Vector("bias", outputs);
    }

    /// <summary>A layer for a given number of inputs.</summary>
    /// <param name="inputs">I, the number of values that enter.</param>
    /// <param name="outputs">O, the number of neurons.</param>
    public Dense(int inputs, int outputs) : this(outputs)
    {
        Inputs = Positive(inputs, "inputs");
        weights = Parameter.Matrix("weight", outputs, inputs);
    }

    /// <summary>W (O, I): W[o, i] is how strongly input i drives neuron o.</summary>
    /// <exception cref="InvalidOperationException">The number of inputs is not known yet.</exception>
    public Parameter Weights => weights ?? throw NoInputs();

    /// <summary>b (1, O): how easily each neuron fires.</summary>
    public Parameter Bias { get; }

    /// <summary>The initial weights; if null, those that suit the activation that follows.</summary>
    public Initializer? Initializer { get; init; }

    /// <inheritdoc/>
    public override string Description => $"dense {outputs}";

    /// <inheritdoc/>
    public override int? Inputs { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [Weights, Bias];

    /// <inheritdoc/>
    protected override Shape Build(Shape input)
    {
        if (weights is null || weights.Columns != input.Size)
            weights = Parameter.Matrix("weight", outputs, input.Size);
        return Shape.Flat(outputs);
    }

    /// <inheritdoc/>
    public override void Initialize(Initializer suggested, RandomGenerator random)
    {
        (Initializer ?? suggested).Fill(Weights.Value, fanIn: Weights.Columns, fanOut: outputs, random);
        Bias.Value.Values.Clear();
    }

    /// <inheritdoc/>
    public override void Forward(Matrix x, Matrix y, Pass pass) =>
        y.Set(x * Weights.Value.T + Bias.Value);            // Y = X·Wᵀ + b              (B,O) = (B,I)·(I,O)

    /// <inheritdoc/>
    public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
    {
        Weights.Gradient.Set(dY.T * x);                     // ∂C/∂W = δᵀ·X              (O,I) = (O,B)·(B,I)
        Bias.Gradient.Set(dY.ColumnSums());                 // ∂C/∂b = Σ over examples   (1,O)
        if (!dX.IsEmpty)                                    // no layer before the first needs ∂C/∂X
            dX.Set(dY * Weights.Value);                     // ∂C/∂X = δ·W               (B,I) = (B,O)·(O,I)
    }

    private InvalidOperationException NoInputs() => new(
        "This dense layer has no weights yet: it does not know how many inputs there are. Put it into a Network " +
        $"first, or say so: new Dense(inputs, {outputs}).");

    private static int Positive(int size, string what) => size > 0
        ? size
        : throw new ArgumentOutOfRangeException(
            what, size, $"A dense layer needs at least 1 of its {what}, not {size}.");
}
