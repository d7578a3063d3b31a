using Nabla.Data;
using Nabla.Tests.Training;

namespace Nabla.Tests.Evaluations;

public sealed class CalibrationTests
{
    [Fact]
    public void Predictions_are_sorted_into_bins_by_their_confidence()
    {
        // Probabilities of the likelier of two classes. The right class is always 0:
        // 0.9 right, 0.9 right, 0.58 wrong, 0.95 wrong, 0.79 right, 1 right.
        var calibration = Of([0.9, 0.9, 0.42, 0.05, 0.79, 1 - 1e-9], new Softmax(), new SquaredError())!;
        Assert.Equal(
            [(8, 1, 0), (11, 1, 1), (13, 2, 2), (14, 2, 1)],
            calibration.Bins.Index()
                .Where(b => b.Item.Count > 0)
                .Select(b => (b.Index, b.Item.Count, b.Item.Right)));
        Assert.Equal((8 / 15.0, 9 / 15.0), (calibration.Bins[8].From, calibration.Bins[8].To));
        var empty = calibration.Bins[3];
        Assert.Equal((null, null, 0.0), (empty.Accuracy, empty.Confidence, empty.Gap));
        Assert.Equal(0.9, calibration.Bins[13].Confidence!.Value, 1e-6);
        Assert.Equal((1 * 0.58 + 1 * 0.21 + 2 * 0.1 + 2 * (0.975 - 0.5)) / 6, calibration.ExpectedError, 1e-6);
        Assert.Equal(2 * (0.01 + 0.01 + 0.58 * 0.58 + 0.95 * 0.95 + 0.21 * 0.21) / 6, calibration.BrierScore, 1e-6);
    }

    [Fact]
    public void Logits_count_as_the_probabilities_that_the_loss_computes_from_them()
    {
        var fromLogits = Of([0.9, 0.2, 0.55], null, new SoftmaxCrossEntropy())!;
        var fromSoftmax = Of([0.9, 0.2, 0.55], new Softmax(), new SquaredError())!;
        Assert.Equal(fromSoftmax.ExpectedError, fromLogits.ExpectedError, 1e-6);
        Assert.Equal(fromSoftmax.BrierScore, fromLogits.BrierScore, 1e-6);
        Assert.NotNull(Of([0.9], new Sigmoid(), new SquaredError()));
        Assert.Null(Of([0.9], new Relu(), new SquaredError()));             // those are not probabilities
    }

    [Fact]
    public void A_network_that_knows_the_odds_is_calibrated()
    {
        // Of the examples with probability p of class 0, a share p has class 0.
        var random = new RandomGenerator(5);
        double[] p = [.. Enumerable.Range(0, 20_000).Select(_ => random.NextUniform(0.02, 0.98))];
        int[] labels = [.. p.Select(one => random.NextDouble() < one ? 0 : 1)];
        Assert.InRange(Of(p, null, new SoftmaxCrossEntropy(), labels)!.ExpectedError, 0, 0.015);
        double[] sure = [.. p.Select(one => one > 0.5 ? 0.99 : 0.01)];
        Assert.InRange(                                                     // right in three of four cases
            Of(sure, null, new SoftmaxCrossEntropy(), labels)!.ExpectedError, 0.2, 0.3);
    }

    [Fact]
    public void An_example_without_a_prediction_is_in_no_bin()
    {
        var calibration = Of([double.NaN, 0.7], null, new SoftmaxCrossEntropy())!;
        Assert.Equal(1, calibration.Bins.Sum(bin => bin.Count));
        Assert.True(double.IsNaN(calibration.BrierScore));
    }

    /// <summary>Uses a network that returns the logits ln p and ln (1 − p); p is the probability of class 0.</summary>
    private static Calibration? Of(double[] p, Layer? last, Loss loss, int[]? labels = null)
    {
        Matrix x = new(p.Length, 2);
        var data = Dataset.FromNumbers("given", x, labels ?? new int[p.Length], ["0", "1"]);
        for (var i = 0; i < p.Length; i++)
        {
            // The data keeps the array and has checked it already, so this may be NaN.
            x[i, 0] = (float)Math.Log(p[i]);
            x[i, 1] = (float)Math.Log(1 - p[i]);
        }
        return Evaluation.Of(Examples.Identity(2, last), loss, data, details: true).Calibration;
    }
}
