using Nabla.Algebra;

namespace Nabla.Tests;

public sealed class RandomGeneratorTests
{
    [Fact]
    public void The_state_restored_continues_the_sequence()
    {
        var random = new RandomGenerator(7);
        random.NextUInt64();
        var state = random.State;
        var expected = Enumerable.Range(0, 10).Select(_ => random.NextUInt64()).ToArray();
        random.State = state;
        Assert.Equal(expected, Enumerable.Range(0, 10).Select(_ => random.NextUInt64()));
    }
}
