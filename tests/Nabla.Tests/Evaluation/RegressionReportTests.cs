using Nabla.Data;
using Nabla.Tests.Training;

namespace Nabla.Tests.Evaluations;

public sealed class RegressionReportTests
{
    [Fact]
    public void Figures_follow_their_definition()
    {
        var report = Report([1, 10, 2, 20, 4, 60], [2, 10, 2, 30, 2, 50], outputs: 2);
        // First output: targets 2, 2, 2, errors −1, 0, 2. Second: targets 10, 30, 50, errors 0, −10, 10.
        var (first, second) = (report.Outputs[0], report.Outputs[1]);
        Assert.Equal(
            (0.0, 1.0, Math.Sqrt(5 / 3.0)), (first.R2, first.MeanAbsoluteError, first.RootMeanSquaredError));
        Assert.Equal(
            (1 - 200 / 800.0, 20 / 3.0, Math.Sqrt(200 / 3.0)),
            (second.R2, second.MeanAbsoluteError, second.RootMeanSquaredError));
        Assert.Equal(0.375, report.R2, 1e-15);
        Assert.Equal(23 / 6.0, report.MeanAbsoluteError, 1e-15);
        Assert.Equal(Math.Sqrt(205 / 6.0), report.RootMeanSquaredError, 1e-15);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(1000)]
    public void All_examples_of_the_pass_count_together(int count)
    {
        float[] a = TestNumbers.Uniform(count, 1), y = TestNumbers.Uniform(count, 2);
        var report = Report(a, y, outputs: 1);
        var mean = y.Average(v => (double)v);
        var errors = a.Zip(y, (p, t) => Math.Pow((double)p - t, 2)).Sum();
        var spread = y.Sum(v => Math.Pow(v - mean, 2));
        Assert.Equal(count == 1 ? 0 : 1 - errors / spread, report.R2, 1e-12);
        Assert.Equal(a.Zip(y, (p, t) => Math.Abs((double)p - t)).Average(), report.MeanAbsoluteError, 1e-12);
        Assert.Equal(Math.Sqrt(errors / count), report.RootMeanSquaredError, 1e-12);
    }

    [Fact]
    public void A_small_spread_far_from_0_is_not_lost()
    {
        // Σy² − (Σy)²/N would lose all of it: y² is about 2⁴⁶, and the spread is about 1 for each value.
        float[] y = [.. Enumerable.Range(0, 10_000).Select(i => 8_388_608f + i % 3)];
        var report = Report([.. y.Select(v => v + 1)], y, outputs: 1);
        var mean = y.Average(v => (double)v);
        Assert.Equal(1 - y.Length / y.Sum(v => Math.Pow(v - mean, 2)), report.R2, 1e-9);
    }

    [Fact]
    public void If_all_targets_are_equal_R2_is_1_for_exact_predictions_and_0_otherwise()
    {
        Assert.Equal(1, Report([0.1f, 0.1f, 0.1f], [0.1f, 0.1f, 0.1f], 1).R2);
        Assert.Equal(0, Report([0.1f, 0.1f, 0.2f], [0.1f, 0.1f, 0.1f], 1).R2);
        Assert.Equal(1, Report([1, 2, 3], [1, 2, 3], 1).R2);
        Assert.Equal(0, Report([2, 2, 2], [1, 2, 3], 1).R2);
    }

    [Fact]
    public void NaN_shows_in_every_figure()
    {
        var x = new Matrix([1, 2], 0, 2, 1);
        var data = Dataset.FromNumbers("given", x, new Matrix([1, 1], 0, 2, 1));
        x[1, 0] = float.NaN;                                    // the data keeps the array, and has been checked
        var report = Evaluation.Of(Examples.Identity(1), new SquaredError(), data).Regression!;
        Assert.Equal(
            (double.NaN, double.NaN, double.NaN),
            (report.R2, report.MeanAbsoluteError, report.RootMeanSquaredError));
    }

    [Fact]
    public void Data_with_classes_has_no_regression_report() =>
        Assert.Null(Evaluation.Of(Examples.Identity(3), new SquaredError(), Examples.Clouds(9, 3, 3, 1)).Regression);

    private static RegressionReport Report(float[] predicted, float[] targets, int outputs)
    {
        var count = targets.Length / outputs;
        Matrix x = new(predicted, 0, count, outputs), y = new(targets, 0, count, outputs);
        var data = Dataset.FromNumbers("given", x, y);
        return Evaluation.Of(Examples.Identity(outputs), new SquaredError(), data).Regression!;
    }
}
