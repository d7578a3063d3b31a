namespace Nabla.Tests.Training;

public sealed class ScheduleTests
{
    [Theory]
    [InlineData("constant", "constant")]
    [InlineData(" COSINE ", "cosine")]
    [InlineData("cosine 0", "cosine")]
    [InlineData("cosine 0.1", "cosine 0.1")]
    [InlineData("linear", "linear")]
    [InlineData("step 10 0.1", "step 10 0.1")]
    [InlineData("exponential 0.95", "exponential 0.95")]
    [InlineData("warmup 1", "warmup 1")]
    [InlineData("warmup  5%  0.1 then  cosine", "warmup 5% 0.1 then cosine")]
    [InlineData("one-cycle", "one-cycle")]
    [InlineData("one-cycle 0.4 0.04 4e-6", "one-cycle 0.4")]
    [InlineData("plateau", "plateau")]
    [InlineData("plateau 3 0.5", "plateau 3")]
    [InlineData("plateau 3 0.5 0 0.01", "plateau 3 0.5 0 0.01")]
    [InlineData(
        "warmup 0.5 then linear 0.1 for 30% then constant for 2 then plateau 1",
        "warmup 0.5 then linear 0.1 for 30% then constant for 2 then plateau 1")]
    public void A_schedule_is_parsed_and_written(string text, string expected)
    {
        var schedule = ScheduleList.Parse(text);
        Assert.Equal(expected, schedule.Name);
        Assert.Equal(expected, ScheduleList.Parse(schedule.Name).Name);
        for (var done = 0.0; done < 10; done += 0.125)
        {
            var factor = ScheduleList.Parse(expected).Factor(done, 10, [3, 2, 2, 2, 2]);
            Assert.Equal(schedule.Factor(done, 10, [3, 2, 2, 2, 2]), factor);
        }
    }

    [Theory]
    [InlineData(
        "cosin", "There is no schedule 'cosin'. Did you mean 'cosine'? Known are: constant, cosine, linear, step,")]
    [InlineData("warmup 1 then cos", "There is no schedule 'cos'. Did you mean 'cosine'?")]
    [InlineData("one cycle", "There is no schedule 'one'. Did you mean 'one-cycle'?")]
    [InlineData("", "A schedule is empty.")]
    [InlineData("step", "Schedule 'step': a number is missing. It is written step EPOCHS FACTOR.")]
    [InlineData("step 3 x", "Schedule 'step 3 x': 'x' is not a number. It is written step EPOCHS FACTOR.")]
    [InlineData("step 3 0,1", "Schedule 'step 3 0,1': '0,1' is not a number.")]
    [InlineData("step 0 0.1", "Schedule 'step 0 0.1': The number of epochs must be more than 0, not 0.")]
    [InlineData(
        "step 3 2", "Schedule 'step 3 2': The factor of a reduction must be more than 0 and less than 1, not 2.")]
    [InlineData("constant 3", "Schedule 'constant 3': '3' is too much. It is written constant.")]
    [InlineData(
        "warmup 120%",
        "Schedule 'warmup 120%': " +
        "A part of a schedule must last for a share of the training between 0 and 1, not 1.2.")]
    [InlineData(
        "warmup x%",
        "Schedule 'warmup x%': 'x%' is not a share. " +
        "It is written warmup LENGTH [first share], where a length is")]
    [InlineData("warmup 0", "Schedule 'warmup 0': A part of a schedule must last for more than 0 epochs, not 0.")]
    [InlineData("warmup 1 0", "Schedule 'warmup 1 0': The share to begin with must be more than 0, not 0.")]
    [InlineData("plateau 1.5", "Schedule 'plateau 1.5': '1.5' is not a whole number.")]
    [InlineData("plateau -1", "Schedule 'plateau -1': The patience of a plateau must not be negative, but is -1.")]
    [InlineData(
        "cosine then constant",
        "Schedule 'cosine then constant': " +
        "'cosine' has no length, but another schedule follows it. Give it one: 'cosine for 5'")]
    [InlineData("cosine for", "Schedule 'cosine for': a number is missing. It is written for LENGTH")]
    [InlineData("warmup 1 for 2", "Schedule 'warmup 1 for 2': The parts of 'warmup 1' already have lengths.")]
    [InlineData("warmup 1 then", "A schedule is empty.")]
    [InlineData("then cosine", "A schedule is empty.")]
    public void A_text_that_is_not_a_schedule_is_refused(string text, string expected) =>
        Assert.StartsWith(expected, Error(text), StringComparison.Ordinal);

    [Fact]
    public void The_cosine_goes_from_one_to_zero()
    {
        Assert.Equal(1, Schedule.Cosine.Factor(0, 8));
        Assert.Equal(0.5, Schedule.Cosine.Factor(4, 8), 1e-15);
        Assert.Equal(0, Schedule.Cosine.Factor(8, 8), 1e-15);
        Assert.Equal(1, Schedule.Constant.Factor(7, 8));
    }

    [Fact]
    public void Each_part_of_a_sequence_sees_its_own_time_and_its_own_losses()
    {
        var sequence = ScheduleList.Parse("warmup 20% 0.5 then cosine for 2 then plateau 0 0.5");
        Assert.Equal(0.5, sequence.Factor(0, 10));
        Assert.Equal(0.75, sequence.Factor(1, 10), 1e-15);
        Assert.Equal(1, sequence.Factor(2, 10));
        Assert.Equal(0.5, sequence.Factor(3, 10), 1e-15);
        Assert.Equal(1, sequence.Factor(4, 10, [1, 2, 3, 4]));                  // an earlier plateau does not count
        Assert.Equal(1, sequence.Factor(5, 10, [1, 2, 3, 4, 5]));
        Assert.Equal(0.5, sequence.Factor(6, 10, [1, 2, 3, 4, 5, 6]));
    }

    [Fact]
    public void A_schedule_that_has_ended_keeps_its_last_value()
    {
        Assert.Equal(1, ScheduleList.Parse("warmup 2").Factor(5, 10));
        Assert.Equal(0.1, ScheduleList.Parse("linear 0.1 for 3").Factor(5, 10), 1e-15);
        Assert.InRange(ScheduleList.Parse("cosine for 3").Factor(5, 10), double.Epsilon, 1e-15);
    }

    [Fact]
    public void One_cycle_goes_up_and_then_far_down()
    {
        var cycle = Schedule.OneCycle();
        Assert.Equal(0.04, cycle.Factor(0, 10), 1e-15);
        Assert.Equal(0.52, cycle.Factor(1.5, 10), 1e-15);
        Assert.Equal(1, cycle.Factor(3, 10), 1e-15);
        Assert.Equal(4e-6, cycle.Factor(10, 10), 1e-15);
    }

    [Fact]
    public void No_schedule_reduces_the_learning_rate_to_zero()
    {
        var losses = Enumerable.Repeat(1.0, 500).ToArray();
        foreach (var text in (string[])["step 1 0.001", "exponential 0.001", "plateau 0 0.001"])
            Assert.InRange(ScheduleList.Parse(text).Factor(500, 1000, losses), 1e-31, 1e-29);
    }

    [Fact]
    public void A_loss_of_NaN_is_not_progress() =>
        Assert.Equal(0.5, Schedule.Plateau(1, 0.5).Factor(4, 9, [1, double.NaN, double.NaN, 0.5]));

    private static string Error(string text) => Assert.Throws<FormatException>(() => ScheduleList.Parse(text)).Message;
}
