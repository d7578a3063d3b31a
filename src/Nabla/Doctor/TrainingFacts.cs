using Nabla.Data;

namespace Nabla.Doctor;

/// <summary>
/// What is known before the first step: the network, the loss, the options, and statistics of the data.
/// </summary>
public sealed class TrainingFacts
{
    private const int MostExamples = 256;               // to look at, evenly spread over the data

    private TrainingFacts(Network network, Loss loss, Dataset data, TrainingOptions options, Matrix x, Matrix target)
    {
        (Network, Loss, Classes, ImageSize) = (network, loss, data.Classes, data.ImageSize);
        (Epochs, Examples) = (options.Epochs, data.Count);
        BatchSize = Math.Min(options.BatchSize, data.Count);
        StepsPerEpoch = (data.Count + options.BatchSize - 1) / options.BatchSize;
        Inputs = ColumnStatistics.Of(x);
        Targets = ColumnStatistics.Of(target);
        var counts = new int[data.Classes.Count];
        for (var i = 0; i < data.Count && data.HasClasses; i++)
            counts[data.Label(i)]++;
        ClassCounts = counts;
        ChanceCost = Nabla.Doctor.ChanceCost.Of(loss, target, data.HasClasses
            ? [.. counts.Select(count => (double)count / data.Count)]
            : [.. Targets.Select(column => column.Mean)]);
    }

    /// <summary>The network. Before the first step, its weights are the initial ones.</summary>
    public Network Network { get; }

    /// <summary>The loss.</summary>
    public Loss Loss { get; }

    /// <summary>How many epochs are planned.</summary>
    public int Epochs { get; }

    /// <summary>How many examples a step learns from.</summary>
    public int BatchSize { get; }

    /// <summary>How many steps an epoch has.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>How many examples there are to learn from.</summary>
    public int Examples { get; }

    /// <summary>The names of the classes; empty for a regression.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>How many examples each class has, over all the data.</summary>
    public IReadOnlyList<int> ClassCounts { get; }

    /// <summary>The size of the images; null if the inputs are not images.</summary>
    public ImageSize? ImageSize { get; }

    /// <summary>Statistics of each input, over up to 256 examples.</summary>
    public IReadOnlyList<ColumnStatistics> Inputs { get; }

    /// <summary>Statistics of each target, over the same examples.</summary>
    public IReadOnlyList<ColumnStatistics> Targets { get; }

    /// <summary>
    /// The cost of the best constant answer, whatever the inputs: ln K for K equally frequent classes under a
    /// cross-entropy.
    /// </summary>
    public double ChanceCost { get; }

    internal static TrainingFacts Of(TrainingRun run)
    {
        var data = run.Data;
        var count = Math.Min(data.Count, MostExamples);
        Matrix x = new(count, data.Inputs), target = new(count, data.Outputs);
        data.CopyTo([.. Enumerable.Range(0, count).Select(i => (int)((long)i * data.Count / count))], x, target);
        return new(run.Network, run.Loss, data, run.Options, x, target);
    }
}

/// <summary>Statistics of one column of the data, an input or a target, over the examples.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Deviation">The standard deviation.</param>
/// <param name="Least">The smallest.</param>
/// <param name="Most">The largest.</param>
public readonly record struct ColumnStatistics(double Mean, double Deviation, float Least, float Most)
{
    /// <summary>Whether all examples have the same value here.</summary>
    public bool IsConstant => Least == Most;

    internal static ColumnStatistics[] Of(Matrix x)
    {
        double[] means = new double[x.Columns], squares = new double[x.Columns];
        float[] least = x.Row(0).ToArray(), most = x.Row(0).ToArray();
        for (var i = 0; i < x.Rows; i++)
        {
            var row = x.Row(i);
            for (var j = 0; j < row.Length; j++)
            {
                means[j] += row[j];
                least[j] = row[j] < least[j] ? row[j] : least[j];
                most[j] = row[j] > most[j] ? row[j] : most[j];
            }
        }
        for (var j = 0; j < means.Length; j++)
            means[j] /= x.Rows;
        for (var i = 0; i < x.Rows; i++)
        {
            var row = x.Row(i);
            for (var j = 0; j < row.Length; j++)
                squares[j] += (row[j] - means[j]) * (row[j] - means[j]);
        }
        return [.. means.Select((mean, j) =>
            new ColumnStatistics(mean, Math.Sqrt(squares[j] / x.Rows), least[j], most[j]))];
    }
}
