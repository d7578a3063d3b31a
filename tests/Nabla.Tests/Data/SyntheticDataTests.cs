using Nabla.Data;

namespace Nabla.Tests.Data;

/// <summary>The small problems follow their definitions, and small networks learn each of them.</summary>
public sealed class SyntheticDataTests(ITestOutputHelper output)
{
    [Fact]
    public void Friedmans_formula_is_Friedmans()
    {
        var (x, y) = All(SyntheticData.Friedman(50, seed: 3, noise: 0));
        Assert.Equal((50, 10, 1), (x.Rows, x.Columns, y.Columns));
        for (var i = 0; i < x.Rows; i++)
        {
            var r = x.Row(i).ToArray().Select(value => (double)value).ToArray();
            Assert.All(r, value => Assert.InRange(value, 0, 1));
            var exact = 10 * Math.Sin(Math.PI * r[0] * r[1]) + 20 * Math.Pow(r[2] - 0.5, 2) + 10 * r[3] + 5 * r[4];
            Assert.Equal(exact, y[i, 0], 1e-5);
        }
        var noisy = All(SyntheticData.Friedman(4000, seed: 3)).Target.Values.ToArray();
        Assert.InRange(noisy.Average(), 14.1, 14.7);                                                // 14.41
        Assert.InRange(Math.Sqrt(noisy.Average(v => Math.Pow(v - noisy.Average(), 2))), 4.8, 5.2);  // √(4.88² + 1)
    }

    [Fact]
    public void Xor_is_true_if_exactly_one_input_is()
    {
        var data = SyntheticData.Xor();
        var (x, _) = All(data);
        Assert.Equal([0, 0, 0, 1, 1, 0, 1, 1], x.Values.ToArray());
        Assert.Equal([0, 1, 1, 0], Enumerable.Range(0, 4).Select(data.Label));
    }

    [Fact]
    public void Spirals_turn_and_moons_are_half_circles()
    {
        var spirals = SyntheticData.Spirals(200, seed: 1, turns: 2);
        var (x, _) = All(spirals);
        for (var i = 0; i < x.Rows; i++)
        {
            var distance = Math.Sqrt(x[i, 0] * x[i, 0] + x[i, 1] * x[i, 1]);
            var sign = spirals.Label(i) == 0 ? 1 : -1;
            Assert.Equal(sign * distance * Math.Cos(4 * Math.PI * distance), x[i, 0], 1e-5);
            Assert.Equal(sign * distance * Math.Sin(4 * Math.PI * distance), x[i, 1], 1e-5);
        }
        var moons = SyntheticData.Moons(200, seed: 1, noise: 0);
        (x, _) = All(moons);
        for (var i = 0; i < x.Rows; i++)
        {
            var (dx, dy) = moons.Label(i) == 0 ? (x[i, 0], x[i, 1]) : (x[i, 0] - 1, 0.5f - x[i, 1]);
            Assert.Equal(1, dx * dx + dy * dy, 1e-5);
            Assert.InRange(dy, 0, 1);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_data_and_a_longer_set_begins_with_the_shorter()
    {
        Func<int, ulong, Dataset>[] makers =
        [
            (n, s) => SyntheticData.Friedman(n, s),
            (n, s) => SyntheticData.Xor(n, s, 0.1),
            (n, s) => SyntheticData.Spirals(n, s),
            (n, s) => SyntheticData.Moons(n, s),
        ];
        foreach (var make in makers)
        {
            var shorter = All(make(30, 7)).X.Values.ToArray();
            Assert.Equal(shorter, All(make(50, 7)).X.Values[..shorter.Length].ToArray());
            Assert.NotEqual(shorter, All(make(30, 8)).X.Values.ToArray());
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => SyntheticData.Moons(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SyntheticData.Moons(5, 1, noise: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SyntheticData.Friedman(5, 1, noise: double.NaN));
    }

    [Theory]
    [InlineData("squared-error")]
    [InlineData("huber 1")]
    [InlineData("absolute-error")]
    public void The_regression_is_learned_up_to_its_noise(string loss)
    {
        Dataset train = SyntheticData.Friedman(3000, seed: 1), test = SyntheticData.Friedman(1000, seed: 2);
        var result = Learn("dense 32, tanh, dense 1", loss, 0.03, epochs: 60, train, test).Regression!;
        output.WriteLine(
            $"R² {result.R2:F4}, MAE {result.MeanAbsoluteError:F3}, RMSE {result.RootMeanSquaredError:F3}");
        Assert.True(result.R2 >= 0.92, $"R² is {result.R2}; the noise allows up to 0.96.");
        Assert.InRange(result.RootMeanSquaredError, 0.9, 1.4);          // the noise is 1
    }

    [Fact]
    public void Xor_is_learned()
    {
        var data = SyntheticData.Xor();
        var result = Learn("dense 8, tanh, dense 2", "softmax-cross-entropy", 0.05, epochs: 200, data, data);
        Assert.Equal(1, result.Accuracy);
    }

    [Fact]
    public void Spirals_are_learned()
    {
        Dataset train = SyntheticData.Spirals(600, seed: 1), test = SyntheticData.Spirals(500, seed: 2);
        const string layers = "dense 32, relu, dense 32, relu, dense 2";
        AssertLearned(0.97, Learn(layers, "softmax-cross-entropy", 0.01, epochs: 100, train, test));
    }

    [Fact]
    public void Moons_are_learned()
    {
        Dataset train = SyntheticData.Moons(500, seed: 1), test = SyntheticData.Moons(500, seed: 2);
        const string layers = "dense 16, relu, dense 2";
        AssertLearned(0.98, Learn(layers, "softmax-cross-entropy", 0.02, epochs: 40, train, test));
    }

    private void AssertLearned(double accuracy, Evaluation result)
    {
        output.WriteLine($"accuracy {result.Accuracy}");
        Assert.True(result.Accuracy >= accuracy, $"The accuracy is {result.Accuracy}.");
    }

    private static Evaluation Learn(
        string layers, string lossName, double learningRate, int epochs, Dataset train, Dataset test)
    {
        var network = new Network(train.Inputs, Parse.Layers(layers));
        network.Initialize(seed: 1);
        var loss = Parse.Loss(lossName);
        var trainer = new Trainer(network, loss, new Adam(learningRate));
        foreach (var _ in trainer.Train(train, new() { Epochs = epochs, BatchSize = 20, Schedule = Schedule.Cosine }))
        {
        }
        return Evaluation.Of(network, loss, test);
    }

    private static (Matrix X, Matrix Target) All(Dataset data)
    {
        Matrix x = new(data.Count, data.Inputs), target = new(data.Count, data.Outputs);
        data.CopyTo([.. Enumerable.Range(0, data.Count)], x, target);
        return (x, target);
    }
}
