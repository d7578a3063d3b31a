using System.Globalization;

namespace Nabla;

/// <summary>
/// Brings every example to mean 0 and variance 1, then gives each of its values a learned scale and shift:
/// x̂ = (x − μ) / √(σ² + ε), y = γ ⊙ x̂ + β (Ba, Kiros and Hinton, 2016, equation 4).
/// </summary>
/// <remarks>
/// <para>μ and σ² are taken over all n values of one example, whatever its shape, and γ and β have an element for each
/// of them: what PyTorch calls a LayerNorm over the shape of an example, <c>LayerNorm([C, H, W])</c> for images.
/// Nothing depends on the rest of the batch, so training and prediction compute the same.</para>
/// <para>Backward, with δ = ∂C/∂y: over the examples ∂C/∂β = Σ δ and ∂C/∂γ = Σ δ ⊙ x̂; and within each example, with
/// g = γ ⊙ δ, ∂C/∂x = (g − (Σ g + x̂·Σ g·x̂) / n) / √(σ² + ε).</para>
/// </remarks>
public sealed class LayerNorm : Layer
{
    private const double UsualEpsilon = 1e-5;
    private Parameter[] parameters = [];

    /// <summary>
    /// ε, which is added to the variance, so that an example whose values are all equal does not divide by 0.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public double Epsilon
    {
        get;
        init => field = value > 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(value), value, "The epsilon of a layer normalisation must be positive.");
    } = UsualEpsilon;

    /// <inheritdoc/>
    public override string Description => "layer-norm"
        + (Epsilon == UsualEpsilon ? "" : string.Create(CultureInfo.InvariantCulture, $" epsilon {Epsilon}"));

    /// <summary>γ and β, each with as many elements as an example has. Weight decay does not touch them.</summary>
    public override IReadOnlyList<Parameter> Parameters => parameters;

    private Parameter Scale => parameters[0];

    private Parameter Shift => parameters[1];

    private ExampleNormalization Normalization => new(InputShape, Epsilon);

    /// <inheritdoc/>
    protected override Shape Build(Shape input)
    {
        parameters = [Parameter.ForEachNumber("weight", input), Parameter.ForEachNumber("bias", input)];
        return input;
    }

    /// <inheritdoc/>
    public override void Initialize(Initializer suggested, RandomGenerator random)
    {
        Scale.Value.Values.Fill(1);
        Shift.Value.Values.Clear();
    }

    /// <inheritdoc/>
    public override void Forward(Matrix x, Matrix y, Pass pass) =>
        Normalization.Forward(                      // y = γ ⊙ x̂ + β, with μ and σ² of each example
            x, Scale.Value, Shift.Value, y, pass.Memory(this));

    /// <inheritdoc/>
    public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
    {
        var memory = pass.Memory(this);
        Normalization.ParameterGradients(           // ∂C/∂γ = Σ δ ⊙ x̂, ∂C/∂β = Σ δ, over the examples
            dY, Scale.Gradient, Shift.Gradient, memory);
        if (!dX.IsEmpty)
            Normalization.InputGradient(            // ∂C/∂x = (g − (Σ g + x̂·Σ g·x̂) / n) / √(σ² + ε), g = γ ⊙ δ
                x, dY, Scale.Value, dX, memory);
    }
}
