using Nabla.Algebra;
using Nabla.Data;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Training;

namespace Nabla.Tests.Training;

public sealed class EvaluationTests
{
    [Fact]
    public void Predictions_are_counted_by_what_they_should_have_been()
    {
        // The network gives its inputs back, so each row of inputs says what is predicted: 0, 1, 1, 2, 0.
        Matrix x = new([9, 1, 1, 1, 9, 1, 1, 9, 1, 1, 1, 9, 9, 1, 1], 0, 5, 3);
        var data = Dataset.FromNumbers("five", x, [0, 1, 2, 2, 1], ["a", "b", "c"]);
        var result = Evaluation.Of(Identity(3), new SquaredError(), data);
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
        var result = Evaluation.Of(Identity(1), new SquaredError(), Examples.Numbered(3));
        Assert.Equal((1 + 4 + 9) / 3.0, result.Loss, 1e-12);
        Assert.Null(result.Accuracy);
        Assert.Empty(result.Predictions);
        Assert.Equal(0, result.Correct);
    }

    private static Network Identity(int size)
    {
        var dense = new Dense(size, size);
        var network = new Network(dense);
        network.Parameters.Values.Values.Clear();
        for (var i = 0; i < size; i++)
            dense.Weights.Value[i, i] = 1;
        return network;
    }
}
