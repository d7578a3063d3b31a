using Nabla.Data;

namespace Nabla.Tests.Losses;

/// <summary>The settings of losses. The golden tests compare values and gradients with PyTorch.</summary>
public sealed class LossSettingsTests
{
    /// <summary>A loss with each setting, for four classes.</summary>
    public static IReadOnlyList<string> WithSettings { get; } =
    [
        "huber 0.3", "huber 2", "softmax-cross-entropy smoothing 0.2", "softmax-cross-entropy weights 1 0.5 2 3",
        "softmax-cross-entropy smoothing 0.1 weights 1 0.5 2 3", "sigmoid-cross-entropy positive-weight 4",
    ];

    public static TheoryData<string> All => [.. WithSettings];

    [Theory]
    [MemberData(nameof(All))]
    public void Gradients_agree_with_numeric_derivatives(string loss)
    {
        foreach (var one in GradientCase.All([loss]))
            for (var seed = 0UL; seed < 2; seed++)
            {
                var report = one.Run(seed);
                Assert.True(report.Passed, report.ToString());
                Assert.True(report.Skipped <= report.Checks.Count / 4, report.ToString());
            }
    }

    [Theory]
    [InlineData("absolute-error")]
    [InlineData("huber 0.5")]
    public void Kinks_are_distinguished(string name)
    {
        var loss = Parse.Loss(name);
        Matrix y = new([0, 0], 0, 1, 2);
        Matrix here = new([0.75f, -0.75f], 0, 1, 2), near = new([0.7f, -0.8f], 0, 1, 2);
        var across = new Matrix([0.75f, 0.45f], 0, 1, 2);
        Assert.Equal(loss.KinkSignature(here, y), loss.KinkSignature(near, y));
        Assert.NotEqual(loss.KinkSignature(here, y), loss.KinkSignature(across, y));
    }

    [Fact]
    public void The_mean_over_batches_weighted_by_their_weights_is_the_mean_over_all_examples()
    {
        foreach (var loss in WithSettings.Select(Parse.Loss))
        {
            var (output, target) = OneHot(30);
            double sum = 0, weight = 0;
            foreach (var (first, count) in ((int, int)[])[(0, 7), (7, 1), (8, 22)])
            {
                Matrix y = target.RowRange(first, count);
                sum += loss.Forward(output.RowRange(first, count), y) * loss.WeightOf(y);
                weight += loss.WeightOf(y);
            }
            Assert.Equal(loss.Forward(output, target), sum / weight, 1e-12);
        }
    }

    [Fact]
    public void Only_the_proportions_of_class_weights_matter()
    {
        var (output, target) = OneHot(8);
        SoftmaxCrossEntropy plain = new(), ones = new() { ClassWeights = [1, 1, 1, 1] };
        var loss = new SoftmaxCrossEntropy { ClassWeights = [1, 2, 3, 4] };
        var tenfold = new SoftmaxCrossEntropy { ClassWeights = [10, 20, 30, 40] };
        Assert.Equal(plain.Forward(output, target), ones.Forward(output, target), 1e-12);
        Assert.Equal(loss.Forward(output, target), tenfold.Forward(output, target), 1e-12);
        Assert.NotEqual(plain.Forward(output, target), loss.Forward(output, target), 1e-4);
    }

    [Fact]
    public void Nothing_is_learned_if_no_example_counts()
    {
        SoftmaxCrossEntropy loss = new() { ClassWeights = [0, 1], Smoothing = 0.1 };
        Matrix output = new([3, 1], 0, 1, 2), target = new([1, 0], 0, 1, 2), dOutput = new([9, 9], 0, 1, 2);
        Assert.Equal(0, loss.Forward(output, target));
        loss.Backward(output, target, dOutput);
        Assert.Equal([0, 0], dOutput.Values.ToArray());
        output.Values[0] = float.NaN;                           // this must not be hidden
        loss.Backward(output, target, dOutput);
        Assert.True(float.IsNaN(dOutput.Values[0]));
    }

    [Fact]
    public void The_number_of_class_weights_must_equal_the_number_of_outputs()
    {
        SoftmaxCrossEntropy loss = new() { ClassWeights = [1, 2, 3] };
        const string message = "outputs, but the loss 'softmax-cross-entropy weights 1 2 3' is for 3.";
        Matrix y = new(2, 4), target = new(2, 4), dY = new(2, 4);
        AssertRefused($"There are 4 {message}", () => loss.Forward(y, target));
        AssertRefused($"There are 4 {message}", () => loss.Backward(y, target, dY));
        var network = new Network(new Dense(2, 4));
        AssertRefused($"The network gives 4 {message}", () => _ = new Trainer(network, loss, new Sgd(0.1)));

        static void AssertRefused(string message, Action call) =>
            Assert.Equal(message, Assert.Throws<ArgumentException>(call).Message);
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        foreach (var bad in (double[])[-0.1, 1, 2, double.NaN])
            Assert.Throws<ArgumentOutOfRangeException>(() => new SoftmaxCrossEntropy { Smoothing = bad });
        foreach (var bad in (double[])[0, -1, double.NaN, double.PositiveInfinity])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => new Huber(bad));
            Assert.Throws<ArgumentOutOfRangeException>(() => new SigmoidCrossEntropy { PositiveWeight = bad });
        }
        foreach (var bad in (double[])[-1, double.NaN, double.PositiveInfinity])
            Assert.Throws<ArgumentException>(() => new SoftmaxCrossEntropy { ClassWeights = [1, bad] });
        Assert.Throws<ArgumentException>(() => new SoftmaxCrossEntropy { ClassWeights = [0, 0] });
    }

    [Fact]
    public void Class_weights_are_a_copy()
    {
        double[] weights = [1, 2];
        SoftmaxCrossEntropy loss = new() { ClassWeights = weights };
        weights[0] = 100;
        Assert.Equal([1, 2], loss.ClassWeights);
    }

    [Fact]
    public void Balanced_weights_give_each_class_the_same_total_weight()
    {
        var data = Dataset.FromNumbers("uneven", new Matrix(8, 1), [0, 0, 0, 0, 0, 0, 2, 2], ["a", "b", "c"]);
        var weights = data.BalancedClassWeights();
        Assert.Equal([8 / 12.0, 1, 8 / 4.0], weights);
        Assert.Equal(1, Enumerable.Range(0, 8).Average(i => weights[data.Label(i)]), 1e-12);
        AssertRefused("no classes", Nabla.Tests.Training.Examples.Numbered(3));
        AssertRefused("no examples", data.Take(0));

        static void AssertRefused(string message, Dataset data) => Assert.Contains(
            message,
            Assert.Throws<ArgumentException>(() => ClassWeights.Balanced(data)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Balanced_weights_find_a_rare_class_that_would_be_missed()
    {
        // One input: 200 examples around 0 and 10 around 1. Many overlap, so without weights hardly any is predicted as
        // the rare class.
        var random = new RandomGenerator(1);
        var x = new Matrix(210, 1);
        int[] labels = [.. Enumerable.Range(0, 210).Select(i => i < 200 ? 0 : 1)];
        for (var i = 0; i < labels.Length; i++)
            x[i, 0] = (float)(labels[i] + 0.7 * random.NextNormal());
        var data = Dataset.FromNumbers("rare", x, labels, ["common", "rare"]);
        Assert.InRange(Found(new SoftmaxCrossEntropy()), 0, 3);
        Assert.InRange(Found(new SoftmaxCrossEntropy { ClassWeights = data.BalancedClassWeights() }), 6, 10);

        int Found(Loss loss)
        {
            var network = new Network(new Dense(1, 2));
            var trainer = new Trainer(network, loss, new Adam(0.05));
            foreach (var _ in trainer.Train(data, new() { Epochs = 40, BatchSize = 30 }))
            {
            }
            return Evaluation.Of(network, loss, data).Confusion(1, 1);
        }
    }

    private static (Matrix Output, Matrix Target) OneHot(int examples)
    {
        Matrix output = TestNumbers.UniformMatrix(examples, 4, 5), target = new(examples, 4);
        for (var i = 0; i < examples; i++)
            target[i, i * i % 4] = 1;                           // 0 and 1, not evenly
        for (var i = 0; i < examples; i += 5)
        {
            target.Row(i).Clear();
            target[i, i % 4] = 1;
        }
        return (output, target);
    }
}
