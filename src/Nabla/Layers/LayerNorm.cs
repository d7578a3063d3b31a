using System.Globalization;
using Nabla.Kernels;

namespace Nabla;

/// <summary>
/// Brings every example to mean 0 and variance 1, then lets each of its numbers have the scale and the shift that serve best:
/// x̂ = (x − μ) / √(σ² + ε), y = γ ⊙ x̂ + β (Ba, Kiros and Hinton, 2016, equation 4).
/// </summary>
/// <remarks>
/// <para>μ and σ² are taken over all n numbers of one example, whatever its shape, and γ and β have a number for each of them: what PyTorch calls a LayerNorm over
/// the shape of an example, <c>LayerNorm([C, H, W])</c> for images. Nothing depends on the rest of the batch, so training and prediction compute the same.</para>
/// <para>The way back, with δ = ∂C/∂y: over the examples ∂C/∂β = Σ δ and ∂C/∂γ = Σ δ ⊙ x̂; and within each example, with g = γ ⊙ δ,
/// ∂C/∂x = (g − (Σ g + x̂·Σ g·x̂) / n) / √(σ² + ε).</para>
/// </remarks>
public sealed class LayerNorm : Layer
{
    private const double UsualEpsilon = 1e-5;
    private Parameter[] parameters = [];

    /// <summary>ε, which is added to the variance, so that an example whose numbers are all the same does not divide by 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public double Epsilon
    {
        get;
        init => field = value > 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The epsilon of a layer normalisation must be positive.");
    } = UsualEpsilon;

    /// <inheritdoc/>
    public override string Description =>
        "layer-norm" + (Epsilon == UsualEpsilon ? "" : string.Create(CultureInfo.InvariantCulture, $" epsilon {Epsilon}"));

    /// <summary>γ and β, each as many numbers as an example has. Weight decay spares them.</summary>
    public override IReadOnlyList<Parameter> Parameters => parameters;

    private Matrix Scale => parameters[0].Value;

    private Matrix Shift => parameters[1].Value;

    /// <inheritdoc/>
    protected override Shape Build(Shape input)
    {
        parameters = [Parameter.ForEachNumber("weight", input), Parameter.ForEachNumber("bias", input)];
        return input;
    }

    /// <inheritdoc/>
    public override void Initialize(Initializer suggested, RandomGenerator random)
    {
        Scale.Values.Fill(1);
        Shift.Values.Clear();
    }

    /// <inheritdoc/>
    public override void Forward(Matrix x, Matrix y, Pass pass)
    {
        var statistics = Statistics(x, pass);
        var normalised = pass.IsTraining ? Normalised(x, pass) : y;                       // a prediction need not remember it
        Normalization.Moments(x.ReadOnlyValues, ExamplesOf(x), statistics);                       // μ and σ² of each example
        statistics.SetFactors(Epsilon);                                                   // 1 / √(σ² + ε)
        Normalization.Apply(x.ReadOnlyValues, normalised.Values, ExamplesOf(x), statistics, scale: [], shift: []);      // x̂
        for (var example = 0; example < x.Rows; example++)
        {
            y.RowRange(example, 1).Set(normalised.RowRange(example, 1), Scale, default(Times));
            y.RowRange(example, 1).Set(y.RowRange(example, 1), Shift, default(Plus));     // y = γ ⊙ x̂ + β
        }
    }

    /// <inheritdoc/>
    public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
    {
        var normalised = Normalised(x, pass);
        var g = pass.Memory(this, "g", x.Rows, x.Columns);
        g.Set(dY, normalised, default(Times));
        parameters[0].Gradient.Set(g.ColumnSums());                                       // ∂C/∂γ = Σ δ ⊙ x̂, over the examples
        parameters[1].Gradient.Set(dY.ColumnSums());                                      // ∂C/∂β = Σ δ
        if (dX.IsEmpty)
            return;
        for (var example = 0; example < x.Rows; example++)
            g.RowRange(example, 1).Set(dY.RowRange(example, 1), Scale, default(Times));   // g = γ ⊙ δ
        var statistics = Statistics(x, pass);
        var sums = pass.Memory(this, "sums", 2, x.Rows);
        Normalization.Sums(g.Values, x.ReadOnlyValues, ExamplesOf(x), statistics, sums.Row(0), sums.Row(1));      // Σ g and Σ g·x̂, within each example
        Normalization.Backward(g.Values, x.ReadOnlyValues, dX.Values, ExamplesOf(x), statistics, scale: [], sums.Row(0), sums.Row(1));
    }

    /// <summary>To the kernels, each example is a channel of its own, in a batch of one.</summary>
    private static Channels ExamplesOf(Matrix x) => new(1, x.Rows, x.Columns);

    private ChannelStatistics Statistics(Matrix x, Pass pass) => new(pass.Memory(this, "statistics", 4, x.Rows).Values);

    private Matrix Normalised(Matrix x, Pass pass) => pass.Memory(this, "normalised", x.Rows, x.Columns);
}
