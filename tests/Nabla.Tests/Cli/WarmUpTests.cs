using System.Text.Json.Nodes;

namespace Nabla.Tests.Cli;

public sealed class WarmUpTests
{
    private static readonly TrainRequest request =
        new() { Data = "mnist", Network = "mlp", Optimizer = "adam", Validation = 0.1, Seed = 1 };

    /// <summary>
    /// It would fail in silence and only be slower: so it is held here that it gets to the end, for all that is used
    /// often.
    /// </summary>
    [Theory]
    [InlineData("mlp", null, "adam")]
    [InlineData("mlp", null, null)]
    [InlineData("classic", null, null)]
    [InlineData("dense 32, tanh, dense 10, sigmoid", "squared-error", "adamw")]
    public void A_training_that_will_work_is_tried_out(string network, string? loss, string? optimizer) =>
        Assert.True(WarmUp.Run(request with { Network = network, Loss = loss, Optimizer = optimizer }));

    [Theory]
    [InlineData("no such network", null)]
    [InlineData("dense 10", "no such loss")]
    [InlineData("dense 12", null)]                              // for data of 12 classes; here are ten
    [InlineData("dense 4096, relu, dense 10", null)]            // too large
    public void What_cannot_be_tried_out_is_left_to_the_training(string network, string? loss) =>
        Assert.False(WarmUp.Run(request with { Network = network, Loss = loss }));

    [Fact]
    public void A_step_that_would_shrink_the_weights_past_nothing_is_left_to_the_training() =>
        Assert.False(WarmUp.Run(request with { Optimizer = "adamw", LearningRate = 2, WeightDecay = 0.5 }));

    [Fact]
    public void The_command_starts_with_the_settings_that_were_measured()
    {
        var settings = JsonNode.Parse(
            File.ReadAllText(
                Path.Combine(
                    AppContext.BaseDirectory,
                    "Nabla.Cli.runtimeconfig.json")))!["runtimeOptions"]!["configProperties"]!;
        Assert.False((bool)settings["System.Runtime.TieredPGO"]!);
        Assert.Equal(1, (int)settings["System.Runtime.TieredCompilation.CallCountingDelayMs"]!);
        Assert.Equal(100, (int)settings["System.Runtime.TieredCompilation.CallCountThreshold"]!);
        Assert.Equal(4 << 20, (int)settings["System.GC.Gen0MaxBudget"]!);
    }

    [Fact]
    public void What_is_loaded_comes_back_and_a_failure_to_load_is_thrown()
    {
        Assert.Equal(42, WarmUp.While(() => 42, request));
        Assert.Equal(
            "no data",
            Assert.Throws<InvalidDataException>(() => WarmUp.While<int>(() => throw new InvalidDataException(
                "no data"), request)).Message);
    }
}
