namespace Nabla.Doctor;

/// <summary>
/// The cost of ignoring the inputs: of the best answer that is the same for every example. A network that does not
/// get below it has learned how frequent the classes are, and nothing else.
/// </summary>
/// <remarks>
/// For a cross-entropy the best constant gives each class its share p (times its weight, if classes have weights). It
/// costs the entropy −Σ p·ln p, which is ln K for K equally frequent classes. For a squared error the best constant
/// is the mean, and costs the variance; for an absolute error, it is the median. So that this works for every loss,
/// whatever its formula, all of these are tried, and the cheapest is taken.
/// </remarks>
internal static class ChanceCost
{
    private const double Least = 1e-6;                  // a share of 0 has no logarithm

    /// <param name="loss">The loss.</param>
    /// <param name="target">Some targets, one a row.</param>
    /// <param name="means">The mean of each column; for classes, the share of each among all examples.</param>
    public static double Of(Loss loss, Matrix target, double[] means)
    {
        var positive = Math.Log(loss is SigmoidCrossEntropy { PositiveWeight: var weight } ? weight : 1);
        double[][] answers =
        [
            means,
            [.. Enumerable.Range(0, target.Columns).Select(j => (double)Median(target, j))],
            // logits of a softmax
            [.. means.Select((p, k) => Math.Log(Math.Max(p * loss.WeightOf(OneHot(k, means.Length)), Least)))],
            // logits of sigmoids
            [.. means.Select(p => positive + Math.Log(Math.Max(p, Least) / Math.Max(1 - p, Least)))],
        ];
        return answers
            .Select(answer => CostOf(answer, loss, target))
            .Where(double.IsFinite)
            .DefaultIfEmpty(double.NaN)
            .Min();
    }

    private static Matrix OneHot(int k, int count)
    {
        var row = new Matrix(1, count);
        row[0, k] = 1;
        return row;
    }

    private static double CostOf(double[] answer, Loss loss, Matrix target)
    {
        var output = new Matrix(target.Rows, target.Columns);
        for (var i = 0; i < output.Rows; i++)
            for (var j = 0; j < output.Columns; j++)
                output[i, j] = (float)answer[j];
        return loss.Forward(output, target);
    }

    private static float Median(Matrix target, int column)
    {
        float[] sorted = [.. Enumerable.Range(0, target.Rows).Select(i => target[i, column]).Order()];
        return sorted[sorted.Length / 2];
    }
}
