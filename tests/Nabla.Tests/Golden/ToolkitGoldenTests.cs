namespace Nabla.Tests.Golden;

/// <summary>
/// Compares normalisations, residuals, embeddings and smooth activations with PyTorch in float64, from
/// <c>tests/golden/make_toolkit.py</c>.
/// </summary>
public sealed class ToolkitGoldenTests(ITestOutputHelper output)
{
    private const double Most = 1e-5;
    private static readonly Lazy<GoldenToolkit> lazyGolden =
        new(() => GoldenFile.Read<GoldenToolkit>("toolkit.json").Single());

    private readonly List<(string What, double Error)> errors = [];

    public static TheoryData<string> Layers => [.. lazyGolden.Value.Layers.Select(c => c.Name)];

    public static TheoryData<string> Networks => [.. lazyGolden.Value.Networks.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_layer_agrees_with_PyTorch(string name)
    {
        var golden = lazyGolden.Value.Layers.Single(c => c.Name == name);
        var network = new Network(ShapeOf(golden.Shape), Parse.Layers(golden.Layer));
        var layer = network.Layers.Single();
        Load(network, golden.Parameters, golden.State);
        Matrix x = ToMatrix(golden.X), y = new(golden.Y.Rows, golden.Y.Columns);
        Matrix dX = new(x.Rows, x.Columns), dY = ToMatrix(golden.DY);
        y.Values.Fill(float.NaN);
        dX.Values.Fill(float.NaN);
        network.Parameters.Gradients.Values.Fill(float.NaN);

        var pass = network.TrainingPass(x.Rows + 3, new RandomGenerator(0));
        layer.Forward(x, y, pass);
        layer.Backward(x, y, dY, dX, pass);

        Compare("y", y, golden.Y);
        if (golden.DX is { } theirs)
            Compare("dX", dX, theirs);
        Compare(network, golden.Gradients, parameter => parameter.Gradient);
        Compare(network, golden.StateAfter, parameter => parameter.Value);
        Compare("prediction", network.Predict(x), golden.Prediction);

        float[] gradients = network.Parameters.Gradients.Values.ToArray();
        network.Parameters.Gradients.Values.Fill(float.NaN);
        layer.Backward(x, y, dY, dX: default, pass);                            // as the first layer of a network
        TestNumbers.AssertSameBits(gradients, network.Parameters.Gradients.Values, "gradients of a first layer");
        Report();
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_network_in_training_agrees_with_PyTorch(string name)
    {
        var golden = lazyGolden.Value.Networks.Single(c => c.Name == name);
        var network = new Network(ShapeOf(golden.Shape), Parse.Layers(golden.Layers));
        Load(network, golden.InitialParameters, golden.InitialState);
        var trainer = new Trainer(network, Parse.Loss(golden.Loss), OptimizerOf(golden.Optimizer));
        for (var step = 0; step < golden.Losses.Length; step++)
        {
            var first = step * golden.BatchSize;
            int[] rows = [.. Enumerable.Range(first, golden.BatchSize).Select(i => i % golden.X.Rows)];
            Matrix x = new(golden.X.ToFloats(rows), 0, rows.Length, network.Inputs);
            Matrix target = new(golden.Targets.ToFloats(rows), 0, rows.Length, network.Outputs);
            var error = GoldenFile.RelativeError(trainer.Step(x, target), golden.Losses[step]);
            errors.Add(($"cost of step {step + 1}", error));
        }
        Compare(network, golden.FinalParameters, parameter => parameter.Value);
        Compare(network, golden.FinalState, parameter => parameter.Value);
        Compare("final prediction", network.Predict(ToMatrix(golden.X)), golden.FinalPrediction);
        Report();
    }

    private static Shape ShapeOf(int[] shape) =>
        shape.Length == 1 ? Shape.Flat(shape[0]) : new(shape[0], shape[1], shape[2]);

    private static Matrix ToMatrix(GoldenTensor tensor) => new(tensor.ToFloats(), 0, tensor.Rows, tensor.Columns);

    private static Optimizer OptimizerOf(GoldenOptimizer o) => o.Name == "sgd"
        ? new Sgd(o.LearningRate) { Momentum = o.Momentum, Nesterov = o.Nesterov, WeightDecay = o.WeightDecay }
        : new AdamW(o.LearningRate, o.WeightDecay) { Beta1 = o.Beta1, Beta2 = o.Beta2 };

    private static void Load(Network network, params GoldenTensor[][] tensors)
    {
        var parameters = LayerSequence.Named(network.Layers).ToDictionary(pair => pair.Name, pair => pair.Parameter);
        Assert.Equal(parameters.Keys.Order(), tensors.SelectMany(t => t).Select(tensor => tensor.Name).Order());
        foreach (var tensor in tensors.SelectMany(t => t))
        {
            Assert.Equal(tensor.Shape, parameters[tensor.Name].Dimensions);
            tensor.ToFloats().CopyTo(parameters[tensor.Name].Value.Values);
        }
    }

    private void Compare(Network network, GoldenTensor[] theirs, Func<Parameter, Matrix> ours)
    {
        var parameters = LayerSequence.Named(network.Layers).ToDictionary(pair => pair.Name, pair => pair.Parameter);
        foreach (var tensor in theirs)
            Compare(tensor.Name, ours(parameters[tensor.Name]), tensor);
    }

    private void Compare(string what, Matrix ours, GoldenTensor theirs)
    {
        // Zero, for example, is ∂C/∂b of a dense layer before a batch-norm, which subtracts b again.
        var isZero = theirs.Values.All(value => Math.Abs(value) < 1e-13);
        var error = isZero ? ours.LargestMagnitude / 10 : GoldenFile.RelativeError(ours.Values, theirs.Values);
        errors.Add((what, error));
    }

    private void Report()
    {
        var worst = errors.MaxBy(e => double.IsNaN(e.Error) ? double.PositiveInfinity : e.Error);
        output.WriteLine($"worst relative error of {errors.Count}: {worst.Error:E1}, {worst.What}");
        foreach (var (what, error) in errors)
            Assert.True(error <= Most, $"{what}: the relative error is {error:E1}.");
    }
}

/// <summary>The content of toolkit.json.</summary>
public sealed record GoldenToolkit
{
    public required string Name { get; init; }
    public required GoldenToolkitLayer[] Layers { get; init; }
    public required GoldenToolkitNetwork[] Networks { get; init; }
}

/// <summary>One layer alone: in training, then in a prediction.</summary>
public sealed record GoldenToolkitLayer
{
    public required string Name { get; init; }
    public required string Layer { get; init; }

    /// <summary>The shape of an example.</summary>
    public required int[] Shape { get; init; }

    public required GoldenTensor X { get; init; }
    public required GoldenTensor[] Parameters { get; init; }
    public required GoldenTensor[] State { get; init; }
    public required GoldenTensor Y { get; init; }
    public required GoldenTensor DY { get; init; }
    public required GoldenTensor? DX { get; init; }
    public required GoldenTensor[] Gradients { get; init; }
    public required GoldenTensor[] StateAfter { get; init; }
    public required GoldenTensor Prediction { get; init; }
}

/// <summary>One network, trained for twenty steps.</summary>
public sealed record GoldenToolkitNetwork
{
    public required string Name { get; init; }
    public required int[] Shape { get; init; }
    public required string Layers { get; init; }
    public required string Loss { get; init; }
    public required GoldenOptimizer Optimizer { get; init; }
    public required int BatchSize { get; init; }
    public required GoldenTensor X { get; init; }
    public required GoldenTensor Targets { get; init; }
    public required GoldenTensor[] InitialParameters { get; init; }
    public required GoldenTensor[] InitialState { get; init; }
    public required double[] Losses { get; init; }
    public required GoldenTensor[] FinalParameters { get; init; }
    public required GoldenTensor[] FinalState { get; init; }
    public required GoldenTensor FinalPrediction { get; init; }
}
