namespace Nabla;

/// <summary>How close the predicted values are to the right ones, for each output and over all.</summary>
/// <remarks>
/// The sums are in double precision, over all the data. The spread of the targets is computed by Welford's recurrence
/// (1962), which does not subtract large numbers from each other as Σy² − (Σy)²/N would.
/// </remarks>
public sealed class RegressionReport
{
    private readonly OutputFigures[] outputs;
    private readonly double[] mean;                     // of the targets so far

    internal RegressionReport(int outputs)
    {
        this.outputs = new OutputFigures[outputs];
        mean = new double[outputs];
    }

    /// <summary>The figures of each output, in order.</summary>
    public IReadOnlyList<OutputFigures> Outputs => outputs;

    /// <summary>The mean R² of the outputs: 1 is perfect, 0 is no better than predicting the means.</summary>
    public double R2 => outputs.Average(figures => figures.R2);

    /// <summary>The mean absolute error over all values; the outputs should have the same unit.</summary>
    public double MeanAbsoluteError => outputs.Average(figures => figures.MeanAbsoluteError);

    /// <summary>The root of the mean squared error over all values; the outputs should have the same unit.</summary>
    public double RootMeanSquaredError =>
        Math.Sqrt(outputs.Average(figures => figures.SumOfSquaredErrors / figures.Count));

    internal void Add(ReadOnlySpan<float> output, ReadOnlySpan<float> target)
    {
        for (var i = 0; i < output.Length; i++)
        {
            var figures = outputs[i];
            double y = target[i], error = output[i] - y;
            var before = y - mean[i];
            mean[i] += before / (figures.Count + 1);
            outputs[i] = new(
                figures.Count + 1,
                figures.SumOfErrors + Math.Abs(error),
                figures.SumOfSquaredErrors + error * error,
                figures.Spread + before * (y - mean[i]));
        }
    }
}

/// <summary>How close the predictions of one output are.</summary>
/// <param name="Count">The number of predictions.</param>
/// <param name="SumOfErrors">Σ |a − y|.</param>
/// <param name="SumOfSquaredErrors">Σ (a − y)².</param>
/// <param name="Spread">Σ (y − ȳ)², where ȳ is the mean target.</param>
public readonly record struct OutputFigures(int Count, double SumOfErrors, double SumOfSquaredErrors, double Spread)
{
    /// <summary>
    /// The share of the targets' variance that is explained, 1 − Σ(a − y)² / Σ(y − ȳ)²: 1 is perfect, 0 is no better
    /// than predicting the mean, and there is no lower bound. If all targets are the same there is nothing to
    /// explain: then 1 if all predictions are exact, else 0, as in scikit-learn.
    /// </summary>
    public double R2 =>
        Spread > 0 || !double.IsFinite(SumOfSquaredErrors) ? 1 - SumOfSquaredErrors / Spread
        : SumOfSquaredErrors == 0 ? 1
        : 0;

    /// <summary>The mean of |a − y|, in the unit of the targets.</summary>
    public double MeanAbsoluteError => SumOfErrors / Count;

    /// <summary>The root of the mean of (a − y)², in the unit of the targets; it weights large errors more.</summary>
    public double RootMeanSquaredError => Math.Sqrt(SumOfSquaredErrors / Count);
}
