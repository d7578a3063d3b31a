using Nabla.Data;
using Nabla.Tests.Training;

namespace Nabla.Tests.Evaluations;

public sealed class EvaluationTests
{
    [Fact]
    public void Predictions_are_counted_by_actual_and_predicted_class()
    {
        // The network returns its inputs, so each row of inputs determines the prediction: 0, 1, 1, 2, 0.
        Matrix x = new([9, 1, 1, 1, 9, 1, 1, 9, 1, 1, 1, 9, 9, 1, 1], 0, 5, 3);
        var data = Dataset.FromNumbers("five", x, [0, 1, 2, 2, 1], ["a", "b", "c"]);
        var result = Evaluation.Of(Examples.Identity(3), new SquaredError(), data);
        Assert.Equal((5, 3, 0.6), (result.Count, result.Correct, result.Accuracy));
        Assert.Equal([0, 1, 1, 2, 0], result.Predictions);
        int[] confusion = [.. Enumerable.Range(0, 9).Select(i => result.Confusion(actual: i / 3, predicted: i % 3))];
        Assert.Equal([1, 0, 0, 1, 1, 0, 0, 1, 1], confusion);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]                                           // one batch of the evaluation
    [InlineData(257)]
    [InlineData(1000)]
    public void The_loss_is_the_mean_over_all_examples(int count)
    {
        var data = Examples.Clouds(count, 4, 3, 1);
        var network = new Network(new Dense(4, 3));
        var result = Evaluation.Of(network, new SoftmaxCrossEntropy(), data);
        Matrix x = new(count, 4), target = new(count, 3);
        data.CopyTo([.. Enumerable.Range(0, count)], x, target);
        var output = network.Predict(x);
        Assert.Equal(new SoftmaxCrossEntropy().Forward(output, target), result.Loss, 1e-12);
        Assert.Equal(Enumerable.Range(0, count).Select(i => Rows.ArgMax(output.Row(i))), result.Predictions);
        Assert.Equal(count, Enumerable.Range(0, 9).Sum(i => result.Confusion(i / 3, i % 3)));
        Assert.Equal(result.Correct, Enumerable.Range(0, 3).Sum(i => result.Confusion(i, i)));
    }

    [Fact]
    public void Numbers_to_predict_have_a_loss_and_no_accuracy()
    {
        var result = Evaluation.Of(Examples.Identity(1), new SquaredError(), Examples.Numbered(3));
        Assert.Equal((1 + 4 + 9) / 3.0, result.Loss, 1e-12);
        Assert.Null(result.Accuracy);
        Assert.Empty(result.Predictions);
        Assert.Equal(0, result.Correct);
    }

    [Fact]
    public void TopAccuracy_counts_the_right_class_among_the_likeliest()
    {
        // The right class is 1. Its rank: 0; 1; 2; then 1 twice, in a tie with class 0, which comes first; 0, in a tie
        // with class 2; none, because of NaN.
        Matrix x = new([1, 3, 2, 2, 1, 0, 3, 1, 2, 1, 1, 0, 1, 1, 0, 0, 1, 1, 9, 9, 9], 0, 7, 3);
        var data = Dataset.FromNumbers("seven", x, [1, 1, 1, 1, 1, 1, 1], ["a", "b", "c"]);
        x[6, 2] = float.NaN;                                    // the data keeps the array, and has been checked
        var result = Evaluation.Of(Examples.Identity(3), new SquaredError(), data, details: true);
        Assert.Equal(
            [2 / 7.0, 5 / 7.0, 6 / 7.0, 6 / 7.0], Enumerable.Range(1, 4).Select(k => result.TopAccuracy(k)!.Value));
        Assert.Equal(result.Accuracy, result.TopAccuracy(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => result.TopAccuracy(0));
    }

    [Fact]
    public void The_highest_losses_come_first()
    {
        var x = new Matrix([1, 5, 3, 5, 2], 0, 5, 1);
        var data = Dataset.FromNumbers("five", x, new Matrix(5, 1));
        x[4, 0] = float.NaN;                                    // the data keeps the array, and has been checked
        var result = Evaluation.Of(Examples.Identity(1), new SquaredError(), data, details: true);
        Assert.Equal([new(4, double.NaN), new(1, 25), new(3, 25), new(2, 9)], result.HighestLosses(4));
        Assert.Equal(5, result.HighestLosses(100).Count);
        Assert.Empty(result.HighestLosses(0));
        Assert.Null(result.TopAccuracy(1));
        Assert.Null(result.Calibration);
    }

    [Fact]
    public void With_class_weights_the_loss_is_the_weighted_mean_over_all_examples()
    {
        var data = Examples.Clouds(300, 4, 3, 1);               // two batches of the evaluation
        var network = new Network(new Dense(4, 3));
        var loss = new SoftmaxCrossEntropy { ClassWeights = [1, 5, 0.1], Smoothing = 0.2 };
        Matrix x = new(300, 4), target = new(300, 3);
        data.CopyTo([.. Enumerable.Range(0, 300)], x, target);
        var result = Evaluation.Of(network, loss, data, details: true);
        Assert.Equal(loss.Forward(network.Predict(x), target), result.Loss, 1e-12);
        var sum = result.HighestLosses(300).Sum(example => example.Loss);
        Assert.Equal(result.Loss, sum / loss.WeightOf(target), 1e-12);
    }

    [Fact]
    public void Details_change_no_other_figure_and_must_be_requested()
    {
        var data = Examples.Clouds(300, 4, 3, 1);
        var network = new Network(new Dense(4, 3));
        var plain = Evaluation.Of(network, new SoftmaxCrossEntropy(), data);
        var detailed = Evaluation.Of(network, new SoftmaxCrossEntropy(), data, details: true);
        Assert.Equal((plain.Loss, plain.Correct), (detailed.Loss, detailed.Correct));
        Assert.Equal(plain.Predictions, detailed.Predictions);
        Assert.Equal(plain.Classification!.Classes, detailed.Classification!.Classes);
        Func<object?>[] reads = [() => plain.TopAccuracy(2), () => plain.Calibration, () => plain.HighestLosses(3)];
        foreach (var read in reads)
            Assert.Contains(
                "details: true", Assert.Throws<InvalidOperationException>(read).Message, StringComparison.Ordinal);
    }
}
