namespace Nabla;

/// <summary>Turns each row into probabilities: yᵢ = e^xᵢ / Σⱼ e^xⱼ.</summary>
/// <remarks>
/// Every output depends on every input of its row, so the Jacobian is not diagonal: ∂yᵢ/∂xⱼ = yᵢ·([i = j] − yⱼ).
/// Multiplied by ∂C/∂y, it gives ∂C/∂xⱼ = yⱼ·(∂C/∂yⱼ − Σᵢ yᵢ·∂C/∂yᵢ), which is what <see cref="Backward"/> computes. To
/// keep only the terms with i = j is the commonest wrong gradient there is. To train a classifier, prefer logits and
/// <c>SoftmaxCrossEntropy</c>, which does both steps at once and cannot overflow or saturate.
/// </remarks>
public sealed class Softmax : Layer
{
    /// <inheritdoc/>
    public override (float Least, float Most) Range => (0, 1);

    /// <inheritdoc/>
    public override void Forward(Matrix x, Matrix y, Pass pass)
    {
        for (var example = 0; example < x.Rows; example++)
            Rows.Softmax(x.ReadOnlyRow(example), y.Row(example));
    }

    /// <inheritdoc/>
    public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
    {
        if (dX.IsEmpty)
            return;
        for (var example = 0; example < y.Rows; example++)
        {
            Span<float> yRow = y.Row(example), dYRow = dY.Row(example), dXRow = dX.Row(example);
            var mean = 0f;                                          // Σᵢ yᵢ·∂C/∂yᵢ
            for (var i = 0; i < yRow.Length; i++)
                mean += yRow[i] * dYRow[i];
            for (var j = 0; j < yRow.Length; j++)
                dXRow[j] = yRow[j] * (dYRow[j] - mean);             // ∂C/∂xⱼ = yⱼ·(∂C/∂yⱼ − Σᵢ yᵢ·∂C/∂yᵢ)
        }
    }
}
