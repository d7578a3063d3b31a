using Nabla.Kernels;

namespace Nabla.Tests.Kernels;

public sealed class EvenPartitionTests
{
    [Fact]
    public void Parts_cover_the_length_once_and_are_short_enough_and_nearly_equal()
    {
        foreach (var most in (ReadOnlySpan<int>)[1, 2, 12, 512])
            foreach (var length in (ReadOnlySpan<int>)[0, 1, 11, 12, 13, 24, 25, 511, 512, 513, 6000])
            {
                var parts = new EvenPartition(length, most);
                int end = 0, shortest = int.MaxValue, longest = 0;
                for (var part = 0; part < parts.Count; part++)
                {
                    Assert.Equal(end, parts.Start(part));
                    end += parts.Length(part);
                    shortest = Math.Min(shortest, parts.Length(part));
                    longest = Math.Max(longest, parts.Length(part));
                }
                Assert.Equal(length, end);
                Assert.True(
                    longest <= most && (parts.Count == 0 || longest - shortest <= 1),
                    $"{length} in parts of {most}: {shortest} to {longest}");
                Assert.Equal((length + most - 1) / most, parts.Count);
            }
    }

    [Fact]
    public void The_largest_possible_length_does_not_overflow()
    {
        var parts = new EvenPartition(Array.MaxLength, 512);
        Assert.Equal(4_194_304, parts.Count);
        Assert.Equal(Array.MaxLength, parts.Start(parts.Count));
    }
}
