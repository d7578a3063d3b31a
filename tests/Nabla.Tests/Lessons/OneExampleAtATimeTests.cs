using Nabla.Data;
using Lesson = OneExampleAtATime;                   // from lessons/01-one-example-at-a-time.cs, compiled into the tests

namespace Nabla.Tests.Lessons;

/// <summary>
/// The first lesson and the library are the same algorithm: from the same weights and examples they compute the same
/// gradient.
/// </summary>
public sealed class OneExampleAtATimeTests
{
    private const int Examples = 20;
    private const double Tolerance = 1e-5;          // the lesson is in double, the library in float

    private readonly Lesson.Layer[] layers = Lesson.NewNetwork(new Random(7), 784, 16, 16, 10);
    private readonly Lesson.Example[] examples = SomeExamples(new Random(8));
    private readonly Network network = new(
        new Dense(784, 16), new Sigmoid(), new Dense(16, 16), new Sigmoid(), new Dense(16, 10), new Sigmoid());
    private readonly Trainer trainer;
    private readonly Backpropagation backpropagation;
    private readonly Matrix x = new(Examples, 784), target = new(Examples, 10);

    public OneExampleAtATimeTests()
    {
        trainer = new Trainer(network, new SquaredError(), new Sgd(1));
        backpropagation = new Backpropagation(network, new SquaredError());
        foreach (var layer in layers)               // values that float and double share
        {
            for (var o = 0; o < layer.Neurons; o++)
            {
                layer.b[o] = 0.125 * (o % 5 - 2);   // biases start at 0 in both; to be compared, they must differ
                for (var i = 0; i < layer.Inputs; i++)
                    layer.w[o, i] = (float)layer.w[o, i];
            }
        }
        var values = Flat(layer => layer.w, layer => layer.b);
        for (var p = 0; p < values.Length; p++)
            network.Parameters.Values.Values[p] = (float)values[p];
        for (var e = 0; e < Examples; e++)
        {
            for (var i = 0; i < 784; i++)
                x[e, i] = (float)examples[e].Pixels[i];
            for (var o = 0; o < 10; o++)
                target[e, o] = (float)examples[e].Y[o];
        }
    }

    [Fact]
    public void The_lesson_has_13002_parameters_like_the_library()
    {
        Assert.Equal(13_002, Lesson.CountParameters(layers));
        Assert.Equal(13_002, network.Parameters.Count);
    }

    [Fact]
    public void The_cost_equals_the_librarys()
    {
        var cost = Lesson.AverageDerivatives(layers, examples);
        Assert.InRange(backpropagation.Run(x, target) / cost, 1 - Tolerance, 1 + Tolerance);
    }

    [Fact]
    public void The_gradient_equals_the_librarys()
    {
        Lesson.AverageDerivatives(layers, examples);
        backpropagation.Run(x, target);
        AssertClose(Flat(layer => layer.dC_dw, layer => layer.dC_db), network.Parameters.Gradients.Values);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void The_gradient_of_each_layer_equals_the_librarys(int number)
    {
        Lesson.AverageDerivatives(layers, examples);
        backpropagation.Run(x, target);
        var dense = (Dense)network.Layers[2 * number];
        AssertClose([.. layers[number].dC_dw.Cast<double>()], dense.Weights.Gradient.Values);
        AssertClose(layers[number].dC_db, dense.Bias.Gradient.Values);
    }

    [Fact]
    public void After_ten_nudges_the_parameters_equal_the_librarys()
    {
        for (var step = 0; step < 10; step++)
        {
            Lesson.AverageDerivatives(layers, examples);
            Lesson.Nudge(layers, eta: 1);
            trainer.Step(x, target);
        }
        AssertClose(Flat(layer => layer.w, layer => layer.b), network.Parameters.Values.Values);
    }

    [Fact]
    public void A_short_training_lowers_the_cost()
    {
        var random = new Random(9);
        byte[] pixels = new byte[200 * 784], labels = new byte[200];
        for (var e = 0; e < labels.Length; e++)     // each class has a bright stripe at its own height, in noise
        {
            labels[e] = (byte)(e % 10);
            for (var i = 0; i < 784; i++)
                pixels[784 * e + i] = (byte)(random.Next(60) + (i / 78 == labels[e] ? 190 : 0));
        }
        string[] classes = [.. "0123456789".Select(c => $"{c}")];
        var data = Dataset.FromImages("stripes", pixels, new ImageSize(28, 28), labels, classes);

        double[] costs = [.. Enumerable.Range(0, 20).Select(_ => Lesson.LearnForOneEpoch(layers, data, random))];

        Assert.True(costs[^1] < 0.75 * costs[0], $"The cost went from {costs[0]:0.000} to {costs[^1]:0.000}.");
    }

    [Fact]
    public void The_figures_at_the_top_of_the_lesson_are_right()
    {
        Lesson.Layer[] neuron = [new(inputs: 1, neurons: 1)];
        neuron[0].w[0, 0] = 3;
        neuron[0].b[0] = -0.5;
        Lesson.Example[] one = [new([0.5], [0])];

        Assert.Equal(0.731, Lesson.ForwardOneExample(neuron, one[0].Pixels)[^1][0], 3);
        Assert.Equal(0.534, Lesson.AverageDerivatives(neuron, one), 3);
        Assert.Equal(0.144, neuron[0].dC_dw[0, 0], 3);
        Lesson.Nudge(neuron, eta: 1);
        Assert.Equal(0.429, Lesson.AverageDerivatives(neuron, one), 3);
    }

    [Fact]
    public void Its_arguments_are_a_folder_a_number_of_epochs_and_a_number_of_examples() =>
        Assert.Equal((Path.GetFullPath("."), 3, 1000), Lesson.Arguments([".", "--epochs", "3", "--examples", "1000"]));

    [Theory]
    [InlineData("--epochs needs a number from 1 on.", "--epochs")]
    [InlineData("--epochs needs a number from 1 on, not 'many'.", "--epochs", "many")]
    [InlineData("--examples needs a number from 1 on, not '0'.", "--examples", "0")]
    [InlineData(
        "'no-folder' is neither a folder nor an option. Expected: [MNIST-FOLDER] [--epochs N] [--examples N].",
        "no-folder")]
    public void A_wrong_argument_is_answered_in_one_line(string message, params string[] args) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => Lesson.Arguments(args)).Message);

    /// <summary>Relative error: ‖lesson − library‖ / ‖lesson‖.</summary>
    private static void AssertClose(double[] lesson, ReadOnlySpan<float> library)
    {
        Assert.Equal(lesson.Length, library.Length);
        double difference = 0, norm = 0;
        for (var p = 0; p < lesson.Length; p++)
        {
            difference += Math.Pow(lesson[p] - library[p], 2);
            norm += Math.Pow(lesson[p], 2);
        }
        Assert.True(norm > 0, "There is nothing to compare: all values are 0.");
        var error = Math.Sqrt(difference / norm);
        Assert.True(error <= Tolerance, $"The relative error is {error:e2}.");
    }

    /// <summary>All values, in the library's order: layer by layer, weights row by row, then biases.</summary>
    private double[] Flat(Func<Lesson.Layer, double[,]> weights, Func<Lesson.Layer, double[]> biases) =>
        [.. layers.SelectMany(layer => weights(layer).Cast<double>().Concat(biases(layer)))];

    private static Lesson.Example[] SomeExamples(Random random) => [.. Enumerable.Range(0, Examples).Select(e =>
    {
        var y = new double[10];
        y[e % 10] = 1;
        return new Lesson.Example([.. Enumerable.Range(0, 784).Select(_ => (double)random.NextSingle())], y);
    })];
}
