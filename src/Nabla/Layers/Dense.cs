using Nabla.Algebra;

namespace Nabla.Layers;

/// <summary>Fully connected layer: Y = X·Wᵀ + b.</summary>
/// <remarks>
/// Every input drives every neuron. Shapes: X (B, I), W (O, I), b (1, O), Y (B, O). The gradients are equations BP2 to BP4
/// of Nielsen, <i>Neural Networks and Deep Learning</i>, chapter 2, for a whole batch at once.
/// </remarks>
/// <param name="inputs">I, how many numbers enter.</param>
/// <param name="outputs">O, how many neurons there are.</param>
public sealed class Dense(int inputs, int outputs) : Layer
{
    /// <summary>W (O, I): W[o, i] says how strongly input i drives neuron o.</summary>
    public Parameter Weights { get; } = Parameter.Matrix("weight", Positive(outputs, "outputs"), Positive(inputs, "inputs"));

    /// <summary>b (1, O): how easily each neuron fires.</summary>
    public Parameter Bias { get; } = Parameter.Vector("bias", outputs);

    /// <summary>The initial weights; if null, those that suit the activation that follows.</summary>
    public Initializer? Initializer { get; init; }

    /// <inheritdoc/>
    public override string Description => $"dense {outputs}";

    /// <inheritdoc/>
    public override int? Inputs => inputs;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [Weights, Bias];

    /// <inheritdoc/>
    public override int Outputs(int inputs) => outputs;

    /// <inheritdoc/>
    public override void Initialize(Initializer suggested, RandomGenerator random)
    {
        (Initializer ?? suggested).Fill(Weights.Value, fanIn: inputs, fanOut: outputs, random);
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
        if (!dX.IsEmpty)                                    // the first layer has nobody to tell
            dX.Set(dY * Weights.Value);                     // ∂C/∂X = δ·W               (B,I) = (B,O)·(O,I)
    }

    private static int Positive(int size, string what) => size > 0
        ? size
        : throw new ArgumentOutOfRangeException(what, size, $"A dense layer needs at least 1 of its {what}, not {size}.");
}
