namespace Nabla.Tests.Golden;

/// <summary>
/// Compares the library with PyTorch in float64: outputs, costs, every gradient, and twenty steps of training.
/// </summary>
public sealed class GoldenTests(ITestOutputHelper output)
{
    private const double Most = 1e-5;                   // relative error; float32 itself has 6e-8 for each operation
    private readonly List<(string What, double Error)> errors = [];

    public static TheoryData<string> Layers => [.. GoldenFile.Layers.Select(c => c.Name)];

    public static TheoryData<string> Losses => [.. GoldenFile.Losses.Select(c => c.Name)];

    public static TheoryData<string> Networks => [.. GoldenFile.Networks.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_layer_agrees_with_PyTorch(string name)
    {
        var golden = GoldenFile.Layers.Single(c => c.Name == name);
        // The dense layer in front does no work. It allows a network to hold a layer without parameters.
        var layer = Parse.Layers(golden.Layer).Single();
        var network = new Network(new Dense(1, golden.X.Columns), layer);
        Load(layer.Parameters, golden.Parameters);
        Matrix x = ToMatrix(golden.X), y = new(golden.Y.Rows, golden.Y.Columns);
        Matrix dX = new(x.Rows, x.Columns), dY = ToMatrix(golden.DY);
        Fill(y, dX);
        foreach (var parameter in layer.Parameters)
            Fill(parameter.Gradient);                   // old gradients are overwritten

        var pass = network.TrainingPass(x.Rows, new RandomGenerator(0));
        layer.Forward(x, y, pass);
        layer.Backward(x, y, dY, dX, pass);

        Compare("y", y, golden.Y);
        Compare("dX", dX, golden.DX);
        foreach (var (parameter, gradient) in layer.Parameters.Zip(golden.Gradients))
            Compare(gradient.Name, parameter.Gradient, gradient);
        Report();
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void A_loss_agrees_with_PyTorch(string name)
    {
        var golden = GoldenFile.Losses.Single(c => c.Name == name);
        var loss = LossNamed(golden.Loss);
        Matrix x = ToMatrix(golden.X), target = ToMatrix(golden.Targets), dX = new(x.Rows, x.Columns);
        Fill(dX);
        errors.Add(("cost", GoldenFile.RelativeError(loss.Forward(x, target), golden.Value)));
        loss.Backward(x, target, dX);
        Compare("dX", dX, golden.DX);
        Report();
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_network_in_training_agrees_with_PyTorch(string name)
    {
        var golden = GoldenFile.Networks.Single(c => c.Name == name);
        var network = new Network(golden.Inputs, Parse.Layers(golden.Layers));
        Assert.Equal(golden.Outputs, network.Outputs);
        Parameter[] parameters = [.. network.Layers.SelectMany(layer => layer.Parameters)];
        Load(parameters, golden.InitialParameters);
        var loss = LossNamed(golden.Loss);
        var trainer = new Trainer(network, loss, OptimizerOf(golden.Optimizer));

        var (x, target) = Batch(golden, 0);
        Compare("first output", network.Predict(x), golden.FirstOutput);
        var cost = new Backpropagation(network, loss).Run(x, target);
        errors.Add(("first cost", GoldenFile.RelativeError(cost, golden.FirstLoss)));
        foreach (var (parameter, gradient) in parameters.Zip(golden.FirstGradients))
            Compare("first gradient " + gradient.Name, parameter.Gradient, gradient);
        Compare("first dX", InputGradient(network, loss, x, target), golden.FirstDX);

        for (var step = 0; step < golden.Steps; step++)
        {
            (x, target) = Batch(golden, step);
            var error = GoldenFile.RelativeError(trainer.Step(x, target), golden.Losses[step]);
            errors.Add(($"cost of step {step + 1}", error));
        }
        foreach (var (parameter, final) in parameters.Zip(golden.FinalParameters))
            Compare("final " + final.Name, parameter.Value, final);
        Report();
    }

    /// <summary>Backpropagation as in the trainer, but down to ∂C/∂X, which the trainer does not need.</summary>
    private static Matrix InputGradient(Network network, Loss loss, Matrix x, Matrix target)
    {
        var pass = network.TrainingPass(x.Rows, new RandomGenerator(0));
        var y = network.Forward(x, pass);
        var dY = new Matrix(y.Rows, y.Columns);
        loss.Backward(y, target, dY);
        for (var l = network.Layers.Count - 1; l >= 0; l--)
        {
            var input = l == 0 ? x : pass.Activation(l - 1, x.Rows);
            var dX = new Matrix(input.Rows, input.Columns);
            network.Layers[l].Backward(input, pass.Activation(l, x.Rows), dY, dX, pass);
            dY = dX;
        }
        return dY;
    }

    private static (Matrix X, Matrix Target) Batch(GoldenNetwork golden, int step)
    {
        var rows = golden.BatchRows(step);
        Matrix x = new(golden.X.ToFloats(rows), 0, rows.Length, golden.Inputs);
        Matrix target = new(golden.Targets.ToFloats(rows), 0, rows.Length, golden.Outputs);
        return (x, target);
    }

    private static void Load(IReadOnlyList<Parameter> parameters, GoldenTensor[] values)
    {
        Assert.Equal(values.Length, parameters.Count);
        foreach (var (parameter, tensor) in parameters.Zip(values))
        {
            Assert.EndsWith(parameter.Name, tensor.Name, StringComparison.Ordinal);
            Assert.Equal((tensor.Rows, tensor.Columns), (parameter.Rows, parameter.Columns));
            tensor.ToFloats().CopyTo(parameter.Value.Values);
        }
    }

    private static Loss LossNamed(string name)
    {
        var loss = Parse.Loss(name);
        Assert.Equal(name, loss.Description);
        return loss;
    }

    private static Optimizer OptimizerOf(GoldenOptimizer o) => o.Name switch
    {
        "sgd" => new Sgd(o.LearningRate) { Momentum = o.Momentum, Nesterov = o.Nesterov, WeightDecay = o.WeightDecay },
        "adam" => new Adam(o.LearningRate) { Beta1 = o.Beta1, Beta2 = o.Beta2, Epsilon = o.Epsilon },
        "adamw" => new AdamW(o.LearningRate, o.WeightDecay) { Beta1 = o.Beta1, Beta2 = o.Beta2 },
        _ => throw new ArgumentException($"No optimiser '{o.Name}'."),
    };

    private static Matrix ToMatrix(GoldenTensor tensor) => new(tensor.ToFloats(), 0, tensor.Rows, tensor.Columns);

    private static void Fill(params ReadOnlySpan<Matrix> matrices)
    {
        foreach (var m in matrices)
            m.Values.Fill(float.NaN);
    }

    private void Compare(string what, Matrix ours, GoldenTensor theirs) =>
        errors.Add((what, GoldenFile.RelativeError(ours.Values, theirs.Values)));

    private void Report()
    {
        var worst = errors.MaxBy(e => double.IsNaN(e.Error) ? double.PositiveInfinity : e.Error);
        output.WriteLine($"worst relative error of {errors.Count}: {worst.Error:E1}, {worst.What}");
        foreach (var (what, error) in errors)
            Assert.True(error <= Most, $"{what}: the relative error is {error:E1}.");
    }
}
