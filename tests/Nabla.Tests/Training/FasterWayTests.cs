using Nabla.Training;

namespace Nabla.Tests.Training;

public sealed class FasterWayTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_two_ways_the_faster_is_taken(bool secondIsSlow)
    {
        const int trial = 65, between = 4096;
        var way = new FasterWay();
        var right = 0;
        for (var trials = 0; trials < 5 && right == 0; trials++)        // a busy machine may disturb one
        {
            for (var step = 0; step < trial; step++)
                if (way.TakesSecond() == secondIsSlow)
                    Thread.Sleep(1);
            for (var step = trial; step <= between; step++)
                right += way.TakesSecond() != secondIsSlow ? 1 : 0;
            Assert.True(right is 0 or between - trial + 1, "Between two trials it does not change its mind.");
        }
        Assert.NotEqual(0, right);
    }

    [Fact]
    public void A_pause_in_a_trial_begins_it_anew()
    {
        var way = new FasterWay();
        for (var step = 0; step < 40; step++)
            _ = way.TakesSecond();
        Assert.True(way.TakesSecond());
        way.Pause();
        Assert.False(way.TakesSecond());
    }
}
