using Nabla.Kernels;

namespace Nabla.Tests.Kernels;

public sealed class FasterWayTests
{
    private const int Trial = 65, FromTrialToTrial = 4097;     // questions

    [Theory]
    [InlineData(false, int.MaxValue)]
    [InlineData(true, int.MaxValue)]
    [InlineData(false, 5)]                                      // epochs of five steps, and something slow between them
    [InlineData(true, 5)]
    public void Of_two_ways_the_faster_is_taken(bool secondIsSlow, int stepsOfEpoch)
    {
        var way = new FasterWay();
        var right = 0;
        for (var trials = 0; trials < 5 && right == 0; trials++)        // a busy machine may disturb one
        {
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
            for (var step = Trial; step < FromTrialToTrial; step++)
                right += way.TakesSecond() != secondIsSlow ? 1 : 0;
            Assert.True(right is 0 or FromTrialToTrial - Trial, "Between two trials it does not change its mind.");
        }
        Assert.NotEqual(0, right);
    }

    [Fact]
    public void Both_ways_are_tried_again_and_again()
    {
        var way = new FasterWay();
        for (var trial = 0; trial < 3; trial++)
        {
            bool[] taken = [.. Enumerable.Range(0, FromTrialToTrial).Select(_ => way.TakesSecond())];
            Assert.All(taken[..32], Assert.False);
            Assert.All(taken[32..64], Assert.True);
        }
    }
}
