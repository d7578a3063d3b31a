namespace Nabla;

/// <summary>
/// Replaces each token of an example, an integer, by a learned vector: y[t] = W[x[t]] (Bengio, Ducharme, Vincent and
/// Jauvin, 2003, section 2).
/// </summary>
/// <remarks>
/// <para>T tokens enter, T·D values leave: one vector of D after the other. As a <see cref="Shape"/> they are an image
/// of one channel whose T rows are the tokens and whose D columns are the elements of their vectors, so that a
/// convolution of k × D reads k tokens at once. W (V, D) has a row for each of the V tokens.</para>
/// <para>There are no small steps from one token to the next, so ∂C/∂x does not exist, and no layer can come before
/// this one: it must be the first. ∂C/∂W[v] is the sum of ∂C/∂y over all positions of the token v.</para>
/// </remarks>
public sealed class Embedding : Layer
{
    internal const int MostTokens = 1 << 24;            // beyond, float32 cannot hold every integer

    private readonly int tokens, dimensions;

    /// <summary>
    /// Vectors of <paramref name="dimensions"/> elements for the tokens 0 … <paramref name="tokens"/> − 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// There is not at least one of each, or there are more than 2²⁴ tokens.
    /// </exception>
    public Embedding(int tokens, int dimensions)
    {
        if (tokens is < 1 or > MostTokens)
            throw new ArgumentOutOfRangeException(
                nameof(tokens), tokens, $"An embedding has from 1 to {MostTokens} tokens, not {tokens}.");
        if (dimensions < 1)
            throw new ArgumentOutOfRangeException(
                nameof(dimensions), dimensions,
                $"The vectors of an embedding need at least 1 element, not {dimensions}.");
        (this.tokens, this.dimensions) = (tokens, dimensions);
        Weights = Parameter.Matrix("weight", tokens, dimensions);
    }

    /// <summary>W (V, D): W[v] is the vector of token v.</summary>
    public Parameter Weights { get; }

    /// <summary>The initial weights; if null, from N(0, 1), as in PyTorch.</summary>
    public Initializer? Initializer { get; init; }

    /// <inheritdoc/>
    public override string Description => $"embedding {tokens} {dimensions}";

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [Weights];

    /// <inheritdoc/>
    internal override bool MustBeFirst => true;

    /// <inheritdoc/>
    protected override Shape Build(Shape input) => new(1, input.Size, dimensions);

    /// <inheritdoc/>
    public override void Initialize(Initializer suggested, RandomGenerator random) =>
        (Initializer ?? Initializer.Normal(1)).Fill(Weights.Value, fanIn: tokens, fanOut: dimensions, random);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A value of x is not a token; the message says where.</exception>
    public override void Forward(Matrix x, Matrix y, Pass pass)
    {
        for (var example = 0; example < x.Rows; example++)
            for (var t = 0; t < x.Columns; t++)
                Weights.Value.Row(Token(x, example, t)).CopyTo(VectorAt(y, example, t).Values);     // y[t] = W[x[t]]
    }

    /// <inheritdoc/>
    public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
    {
        Weights.Gradient.Values.Clear();
        for (var example = 0; example < x.Rows; example++)
            for (var t = 0; t < x.Columns; t++)
            {
                var row = Weights.Gradient.RowRange(Token(x, example, t), 1);
                row.Set(row, VectorAt(dY, example, t), default(Plus));      // ∂C/∂W[x[t]] += ∂C/∂y[t]
            }
        dX.Values.Clear();                                                  // a token cannot be a little larger
    }

    private Matrix VectorAt(Matrix m, int example, int t) =>
        m.Part(example * m.Columns + t * dimensions, 1, dimensions);

    private int Token(Matrix x, int example, int t)
    {
        var token = x.ReadOnlyRow(example)[t];
        return token >= 0 && token < tokens && token == MathF.Floor(token) ? (int)token : throw new ArgumentException(
            $"Token {t + 1} of example {example + 1} in the batch is {token}, " +
            $"but this embedding takes whole numbers from 0 to {tokens - 1}.");
    }
}
