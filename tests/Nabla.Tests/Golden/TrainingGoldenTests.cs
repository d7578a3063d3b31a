namespace Nabla.Tests.Golden;

/// <summary>
/// Compares optimisers, clipping, averages of weights and schedules with float64 values, which
/// <c>tests/golden/make_training.py</c> wrote.
/// </summary>
public sealed class TrainingGoldenTests
{
    private const double Most = 1e-5;                   // relative error

    private static readonly GoldenTraining[] trainings = GoldenFile.Read<GoldenTraining>("optimizers.json");
    private static readonly GoldenSchedule[] schedules = GoldenFile.Read<GoldenSchedule>("schedules.json");

    public static TheoryData<string> Trainings => [.. trainings.Select(c => c.Name)];

    public static TheoryData<string> Schedules => [.. schedules.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Trainings))]
    public void A_training_agrees_with_float64(string name)
    {
        var golden = trainings.Single(c => c.Name == name);
        var network = new Network(golden.Inputs, Parse.Layers(golden.Layers));
        Parameter[] parameters = [.. network.Layers.SelectMany(layer => layer.Parameters)];
        foreach (var (parameter, tensor) in parameters.Zip(golden.InitialParameters))
            tensor.ToFloats().CopyTo(parameter.Value.Values);
        var optimizer = OptimizerOf(golden.Optimizer);
        var backpropagation = new Backpropagation(network, Parse.Loss(golden.Loss));
        var clipping = golden.Clip is null ? null : ClipText.Parse(golden.Clip);
        using var average = golden.AverageDecay is { } decay
            ? new ParameterAverage([network.Parameters.Values], decay)
            : null;

        for (var step = 0; step < golden.Losses.Length; step++)
        {
            var first = step * golden.BatchSize;
            int[] rows = [.. Enumerable.Range(first, golden.BatchSize).Select(i => i % golden.X.Rows)];
            Matrix x = new(golden.X.ToFloats(rows), 0, rows.Length, golden.Inputs);
            Matrix target = new(golden.Targets.ToFloats(rows), 0, rows.Length, golden.Targets.Columns);
            AssertNear(golden.Losses[step], backpropagation.Run(x, target), $"cost of step {step + 1}");
            if (clipping is not null)
                AssertNear(golden.Sizes[step], clipping.Apply(network.Parameters), $"size of gradient {step + 1}");
            optimizer.Update(network.Parameters);
            average?.Add();
        }
        Compare(parameters, golden.FinalParameters);
        if (golden.Clip is not null)
            Assert.Contains(golden.Sizes, size => size > clipping!.Most);
        average?.Show();
        if (golden.AveragedParameters is { } averaged)
            Compare(parameters, averaged);
    }

    [Theory]
    [MemberData(nameof(Schedules))]
    public void A_schedule_agrees_with_PyTorch(string name)
    {
        var golden = schedules.Single(c => c.Name == name);
        var schedule = Parse.Schedule(name);
        for (var epoch = 0; epoch < golden.Epochs; epoch++)
        {
            var losses = golden.Losses.AsSpan(0, Math.Min(epoch, golden.Losses.Length));
            Assert.Equal(golden.Factors[epoch], schedule.Factor(epoch, golden.Epochs, losses), 1e-12);
        }
    }

    private static void Compare(Parameter[] ours, GoldenTensor[] theirs)
    {
        foreach (var (parameter, tensor) in ours.Zip(theirs))
        {
            var error = GoldenFile.RelativeError(parameter.Value.Values, tensor.Values);
            Assert.True(error <= Most, $"{tensor.Name}: the relative error is {error:E1}.");
        }
    }

    private static void AssertNear(double expected, double actual, string what)
    {
        var error = GoldenFile.RelativeError(actual, expected);
        Assert.True(error <= Most, $"{what}: the relative error is {error:E1}.");
    }

    private static Optimizer OptimizerOf(GoldenOptimizer o) => o.Name switch
    {
        "sgd" => new Sgd(o.LearningRate) { Momentum = o.Momentum, WeightDecay = o.WeightDecay },
        "rmsprop" => new RmsProp(o.LearningRate) { Momentum = o.Momentum, WeightDecay = o.WeightDecay },
        _ => new Muon(o.LearningRate, o.WeightDecay) { Momentum = o.Momentum },
    };
}

/// <summary>A network trained for as many steps as there are losses.</summary>
public sealed record GoldenTraining
{
    public required string Name { get; init; }
    public required int Inputs { get; init; }
    public required string Layers { get; init; }
    public required string Loss { get; init; }
    public required GoldenOptimizer Optimizer { get; init; }
    public required string? Clip { get; init; }
    public required double? AverageDecay { get; init; }
    public required int BatchSize { get; init; }
    public required GoldenTensor X { get; init; }
    public required GoldenTensor Targets { get; init; }
    public required GoldenTensor[] InitialParameters { get; init; }
    public required double[] Losses { get; init; }

    /// <summary>For each step, before the gradient was clipped: its norm, or its largest derivative.</summary>
    public required double[] Sizes { get; init; }

    public required GoldenTensor[] FinalParameters { get; init; }
    public required GoldenTensor[]? AveragedParameters { get; init; }
}

/// <summary>The factors of a schedule at the start of each epoch. The name is the schedule's text.</summary>
public sealed record GoldenSchedule
{
    public required string Name { get; init; }
    public required int Epochs { get; init; }

    /// <summary>The loss after each epoch, for schedules that depend on it.</summary>
    public required double[] Losses { get; init; }

    public required double[] Factors { get; init; }
}
