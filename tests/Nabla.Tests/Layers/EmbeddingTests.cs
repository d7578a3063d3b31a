namespace Nabla.Tests.Layers;

public sealed class EmbeddingTests
{
    [Fact]
    public void Tokens_become_their_vectors_one_after_the_other()
    {
        var network = new Network(3, new Embedding(5, 2));
        Assert.Equal(new Shape(1, 3, 2), network.Layers[0].OutputShape);
        for (var i = 0; i < 10; i++)
            network.Parameters.Values[0, i] = i;
        Assert.Equal([8, 9, 0, 1, 4, 5], network.Predict(new Matrix([4, 0, 2], 0, 1, 3)).Values.ToArray());
    }

    [Theory]
    [InlineData(5f, "Token 2 of example 3 in the batch is 5, but this embedding takes whole numbers from 0 to 4.")]
    [InlineData(-1f, "Token 2 of example 3 in the batch is -1,")]
    [InlineData(1.5f, "Token 2 of example 3 in the batch is 1.5,")]
    [InlineData(float.NaN, "Token 2 of example 3 in the batch is NaN,")]
    [InlineData(float.PositiveInfinity, "Token 2 of example 3")]
    public void A_value_that_is_not_a_token_is_refused_with_its_position(float token, string message)
    {
        var network = new Network(3, new Embedding(5, 2));
        var x = new Matrix(4, 3);
        x[2, 1] = token;
        var error = Assert.Throws<ArgumentException>(() => network.Predict(x));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_must_be_the_first_layer()
    {
        Assert.Equal(
            "Layer 2 (Embedding): it must be the first layer, because its input has no derivative.",
            Assert.Throws<ArgumentException>(() => new Network(new Dense(3, 3), new Embedding(5, 2))).Message);
        Assert.Equal(
            "Layer 1 (Residual): Embedding must be the first layer of a network, and cannot have a way around it.",
            Assert.Throws<ArgumentException>(() => new Network(3, new Residual(new Embedding(5, 1)))).Message);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(5, 0)]
    [InlineData((1 << 24) + 1, 1)]
    public void Sizes_that_make_no_sense_are_refused(int tokens, int dimensions) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Embedding(tokens, dimensions));

    [Fact]
    public void Its_initial_weights_are_normal()
    {
        var network = new Network(3, new Embedding(500, 20), new Dense(2));
        var weights = ((Embedding)network.Layers[0]).Weights.Value.Values.ToArray();
        Assert.Equal(1, Math.Sqrt(weights.Average(w => (double)w * w)), 0.03);
    }
}
