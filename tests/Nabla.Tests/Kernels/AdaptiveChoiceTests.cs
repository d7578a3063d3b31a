using Nabla.Kernels;

namespace Nabla.Tests.Kernels;

public sealed class AdaptiveChoiceTests
{
    private const int Trial = 65, Soonest = 256;                // in calls

    [Theory]
    [InlineData(false, int.MaxValue)]
    [InlineData(true, int.MaxValue)]
    [InlineData(false, 5)]                                      // epochs of five steps, with a slow task between them
    [InlineData(true, 5)]
    public void The_faster_of_two_ways_is_chosen(bool secondIsSlow, int stepsOfEpoch)
    {
        var way = new AdaptiveChoice();
        var right = 0;
        for (var untilNext = Soonest; untilNext <= 4096 && right == 0; untilNext *= 2)
        {
            // A busy machine may disturb a trial, so there are several.
            for (var step = 1; step <= Trial; step++)
            {
                var second = way.TakesSecond();
                if (second == secondIsSlow)
                    Thread.Sleep(1);
                if (step % stepsOfEpoch == 0)
                {
                    if (second != secondIsSlow)
                        Thread.Sleep(20);
                    way.Pause();
                }
            }
            for (var step = Trial; step < untilNext; step++)
                right += way.TakesSecond() != secondIsSlow ? 1 : 0;
            Assert.True(right == 0 || right == untilNext - Trial, "It must not change its choice between two trials.");
        }
        Assert.NotEqual(0, right);
    }

    [Fact]
    public void Both_ways_are_tried_again_and_again()
    {
        var way = new AdaptiveChoice();
        foreach (var untilNext in (ReadOnlySpan<int>)[256, 512, 1024, 2048, 4096, 4096])
        {
            bool[] taken = [.. Enumerable.Range(0, untilNext).Select(_ => way.TakesSecond())];
            Assert.All(taken[..32], Assert.False);
            Assert.All(taken[32..64], Assert.True);
        }
    }
}
