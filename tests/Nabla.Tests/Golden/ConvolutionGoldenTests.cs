namespace Nabla.Tests.Golden;

/// <summary>
/// Compares layers over images with PyTorch in float64: outputs, every gradient, and steps of training.
/// </summary>
public sealed class ConvolutionGoldenTests
{
    private const double Most = 1e-5;                   // relative error; float32 itself has 6e-8 for each operation

    public static TheoryData<string> Layers => [.. GoldenConvolutions.Instance.Layers.Select(c => c.Name)];

    public static TheoryData<string> Networks => [.. GoldenConvolutions.Instance.Networks.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_layer_agrees_with_PyTorch(string name)
    {
        var golden = GoldenConvolutions.Instance.Layers.Single(c => c.Name == name);
        var layer = Parse.Layers(golden.Layer).Single();
        var network = new Network(ShapeOf(golden.Input), layer);
        Load(layer.Parameters, golden.Parameters);
        Matrix x = ToMatrix(golden.X), y = new(golden.Y.Rows, golden.Y.Columns);
        Matrix dX = new(x.Rows, x.Columns), dY = ToMatrix(golden.DY);
        Assert.Equal(golden.Y.Columns, network.Outputs);
        y.Values.Fill(float.NaN);
        dX.Values.Fill(float.NaN);
        network.Parameters.Gradients.Values.Fill(float.NaN);            // old gradients are overwritten

        var pass = network.TrainingPass(x.Rows, new RandomGenerator(0));
        layer.Forward(x, y, pass);
        layer.Backward(x, y, dY, dX, pass);

        Compare("y", y, golden.Y);
        Compare("dX", dX, golden.DX);
        foreach (var (parameter, gradient) in layer.Parameters.Zip(golden.Gradients))
            Compare(gradient.Name, parameter.Gradient, gradient);
        Compare("prediction", network.Predict(x), golden.Y);
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_network_in_training_agrees_with_PyTorch(string name)
    {
        var golden = GoldenConvolutions.Instance.Networks.Single(c => c.Name == name);
        var network = new Network(ShapeOf(golden.Input), Parse.Layers(golden.Layers));
        Load(network.Parameters.All.ToArray(), golden.InitialParameters);
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Adam(0.01));
        for (var step = 0; step < golden.Steps; step++)
        {
            var first = step * golden.BatchSize;
            int[] rows = [.. Enumerable.Range(first, golden.BatchSize).Select(i => i % golden.X.Rows)];
            Matrix x = new(golden.X.ToFloats(rows), 0, rows.Length, golden.X.Columns);
            var target = new Matrix(rows.Length, network.Outputs);
            for (var i = 0; i < rows.Length; i++)
                target[i, golden.Classes[rows[i]]] = 1;
            var cost = trainer.Step(x, target);
            Assert.True(
                GoldenFile.RelativeError(cost, golden.Losses[step]) <= Most,
                $"The cost of step {step + 1} is {cost}, expected {golden.Losses[step]}.");
            if (step == 0)
                foreach (var (parameter, gradient) in network.Parameters.All.ToArray().Zip(golden.FirstGradients))
                    Compare("first gradient " + gradient.Name, parameter.Gradient, gradient);
        }
        foreach (var (parameter, final) in network.Parameters.All.ToArray().Zip(golden.FinalParameters))
            Compare("final " + final.Name, parameter.Value, final, 10 * Most);  // Adam divides by small roots
    }

    private static Shape ShapeOf(int[] sizes) => new(sizes[0], sizes[1], sizes[2]);

    private static void Load(IReadOnlyList<Parameter> parameters, GoldenTensor[] values)
    {
        Assert.Equal(values.Select(tensor => tensor.Name), parameters.Select(parameter => parameter.Name));
        foreach (var (parameter, tensor) in parameters.Zip(values))
        {
            Assert.Equal((tensor.Rows, tensor.Columns), (parameter.Rows, parameter.Columns));
            tensor.ToFloats().CopyTo(parameter.Value.Values);
        }
    }

    private static Matrix ToMatrix(GoldenTensor tensor) => new(tensor.ToFloats(), 0, tensor.Rows, tensor.Columns);

    private static void Compare(string what, Matrix ours, GoldenTensor theirs, double most = Most)
    {
        var error = GoldenFile.RelativeError(ours.Values, theirs.Values);
        Assert.True(error <= most, $"{what}: the relative error is {error:E1}.");
    }
}
