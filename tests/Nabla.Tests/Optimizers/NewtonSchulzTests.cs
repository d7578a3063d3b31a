namespace Nabla.Tests.Optimizers;

public sealed class NewtonSchulzTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 17)]
    [InlineData(17, 5)]
    [InlineData(16, 16)]
    [InlineData(1, 33)]
    public void Every_singular_value_approaches_one(int rows, int columns)
    {
        var orthogonal = new NewtonSchulz();
        var network = new Network(new Dense(columns, rows));
        orthogonal.Allocate(network.Parameters.All);
        var x = orthogonal.Scratch(rows, columns);
        for (var i = 0; i < Math.Min(rows, columns); i++)
            x[i, i] = i % 2 == 0 ? 3 : -0.5f;           // P and Q are permutations, the singular values 3 and 0.5
        x = orthogonal.Of(x);
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
                Assert.InRange(x[i, j] * (i % 2 == 0 ? 1 : -1), i == j ? 0.65 : 0, i == j ? 1.25 : 0);
    }

    [Fact]
    public void Zeros_stay_zeros()
    {
        var orthogonal = new NewtonSchulz();
        orthogonal.Allocate(new Network(new Dense(3, 4)).Parameters.All);
        Assert.All(orthogonal.Of(orthogonal.Scratch(4, 3)).Values.ToArray(), value => Assert.Equal(0, value));
    }
}
