namespace Nabla.Tests.Algebra;

public sealed class RowsTests
{
    [Theory]
    [InlineData(new[] { 3f, 1f, 2f }, 0)]
    [InlineData(new[] { 1f, 3f, 2f }, 1)]
    [InlineData(new[] { 1f, 3f, 3f }, 1)]                      // of equal values, the first
    [InlineData(new[] { -5f }, 0)]
    [InlineData(new[] { float.NegativeInfinity, -3e38f }, 1)]
    public void The_largest_is_found(float[] x, int index)
    {
        Assert.Equal(index, Rows.ArgMax(x));
        Assert.Equal(x[index], Rows.Max(x));
    }

    [Fact]
    public void NaN_counts_as_the_largest() => Assert.True(float.IsNaN(Rows.Max([1, float.NaN, 2])));

    [Fact]
    public void Softmax_agrees_with_its_definition_and_does_not_overflow()
    {
        foreach (var size in TestNumbers.AwkwardSizes)
            foreach (var shift in (ReadOnlySpan<float>)[0, 1000, -1000])
            {
                float[] x = [.. TestNumbers.Uniform(size, 1).Select(value => value * 8 + shift)], y = new float[size];
                Rows.Softmax(x, y);
                var largest = size == 0 ? 0 : (double)x.Max();
                var total = x.Sum(value => Math.Exp(value - largest));
                for (var i = 0; i < size; i++)
                    Assert.Equal(Math.Exp(x[i] - largest) / total, y[i], 1e-6 * Math.Exp(x[i] - largest) / total);
            }
    }

    [Fact]
    public void LogSumExp_is_exact_next_to_a_large_number()
    {
        Assert.Equal(                                           // each term is a float32
            Math.Log(1 + Math.Exp(-5)), Rows.LogSumExpAboveMax([1e6f, 1e6f - 5], 1e6f), 1e-7 * Math.Exp(-5));
        Assert.Equal(Math.Log(3), Rows.LogSumExpAboveMax([-1000, -1000, -1000], -1000), 1e-15);
        Assert.Equal(0, Rows.LogSumExpAboveMax([1000, -1000], 1000));
        Assert.Equal(                                           // where 1 + e⁻³⁰ has lost digits
            Math.Exp(-30) - Math.Exp(-60) / 2, Rows.LogOnePlusExp(-30), 1e-28);
    }
}
