using System.Buffers;
using Nabla.Data;

namespace Nabla;

/// <summary>How good a network is on some examples.</summary>
/// <remarks>
/// For classification, the predicted class is the output that is largest. What is needed after each epoch is computed in any case; what looks at the examples one by
/// one (<see cref="TopAccuracy"/>, <see cref="Calibration"/>, <see cref="HighestLosses"/>) only if details are asked for.
/// </remarks>
public sealed class Evaluation
{
    /// <summary>The prediction where an output is no number (NaN): wrong, whatever the class.</summary>
    public const int NoClass = -1;

    private const int BatchSize = 256;
    private readonly int[,] confusion;
    private readonly int[] predictions, examplesOfClass;
    private readonly ExampleScores? scores;

    private Evaluation(Dataset data, ExampleScores? scores)
    {
        Count = data.Count;
        confusion = new int[data.Classes.Count, data.Classes.Count];
        examplesOfClass = new int[data.Classes.Count];
        predictions = new int[data.HasClasses ? data.Count : 0];
        Regression = data.HasClasses ? null : new(data.Outputs);
        this.scores = scores;
    }

    /// <summary>Evaluates a network: one pass through the data.</summary>
    /// <param name="network">The network.</param>
    /// <param name="loss">The cost, which also says what outputs mean.</param>
    /// <param name="data">The examples.</param>
    /// <param name="details">Whether to remember each example; the figures that need it throw otherwise.</param>
    /// <exception cref="ArgumentException">Network, loss and data do not fit one another.</exception>
    public static Evaluation Of(Network network, Loss loss, Dataset data, bool details = false)
    {
        Compatibility.Check(network, loss, data);
        var result = new Evaluation(data, details ? new ExampleScores(network, loss, data.Count) : null);
        var most = Math.Min(BatchSize, data.Count);
        var inputs = ArrayPool<float>.Shared.Rent(most * data.Inputs);          // the same in every epoch: large arrays are not collected for long
        Matrix x = new(inputs, 0, most, data.Inputs), target = new(most, data.Outputs), output = new(most, network.Outputs);
        var which = new int[most];
        double cost = 0, weight = 0;
        for (var start = 0; start < data.Count; start += BatchSize)
        {
            var size = Math.Min(BatchSize, data.Count - start);
            for (var i = 0; i < size; i++)
                which[i] = start + i;
            Matrix batch = x.FirstRows(size), targets = target.FirstRows(size), outputs = output.FirstRows(size);
            data.CopyTo(which.AsSpan(0, size), batch, targets);
            network.Predict(batch, outputs);
            for (var i = 0; i < size; i++)
            {
                var costOfExample = loss.CostOf(outputs.Row(i), targets.Row(i));
                cost += costOfExample;
                result.Add(start + i, costOfExample, data.HasClasses ? data.Label(start + i) : null, outputs.Row(i), targets.Row(i));
            }
            weight += loss.WeightOf(targets);
        }
        ArrayPool<float>.Shared.Return(inputs);
        result.Loss = Nabla.Loss.Mean(cost, weight);
        return result;
    }

    /// <summary>How many examples.</summary>
    public int Count { get; }

    /// <summary>The mean cost.</summary>
    public double Loss { get; private set; }

    /// <summary>How many examples were classified rightly.</summary>
    public int Correct { get; private set; }

    /// <summary>The share of examples that were classified rightly, 0 to 1; null where there are no classes.</summary>
    public double? Accuracy => predictions.Length > 0 ? (double)Correct / Count : null;

    /// <summary>How many examples of class <paramref name="actual"/> were taken for class <paramref name="predicted"/>.</summary>
    public int Confusion(int actual, int predicted) => confusion[actual, predicted];

    /// <summary>The class that was predicted for each example, in order; empty where there are no classes.</summary>
    public IReadOnlyList<int> Predictions => predictions;

    /// <summary>Precision, recall and F1 of each class; null where there are no classes.</summary>
    public ClassificationReport? Classification => field ??= predictions.Length > 0 ? new(this, examplesOfClass) : null;

    /// <summary>R² and the errors of numbers that were to be predicted; null where there are classes.</summary>
    public RegressionReport? Regression { get; }

    /// <summary>
    /// Whether the network is as often right as it is sure; null where there are no classes, or its outputs are no probabilities: they are if the loss makes them
    /// from logits, or if the last layer is a softmax or a sigmoid.
    /// </summary>
    /// <exception cref="InvalidOperationException">Details were not asked for.</exception>
    public Calibration? Calibration => Scores.Calibration is var calibration && predictions.Length > 0 ? calibration : null;

    /// <summary>The share of examples whose class is among the <paramref name="k"/> that were thought likeliest; null where there are no classes.</summary>
    /// <exception cref="InvalidOperationException">Details were not asked for.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is not positive.</exception>
    public double? TopAccuracy(int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        var most = Math.Min(k, examplesOfClass.Length);
        return Scores.All is var all && predictions.Length > 0 ? (double)all.Count(score => score.Rank < most) / Count : null;
    }

    /// <summary>The examples that were most wrong, the worst first: what is mislabelled or odd is often among them. NaN is worst of all.</summary>
    /// <param name="count">How many; fewer if there are not so many.</param>
    /// <exception cref="InvalidOperationException">Details were not asked for.</exception>
    /// <returns>The number of each example in the data, from 0, and its cost, times the weight of its class if that has one.</returns>
    public IReadOnlyList<(int Example, double Loss)> HighestLosses(int count) =>
    [
        .. Scores.All.Select((score, example) => (Example: example, Loss: score.Cost))
            .OrderByDescending(example => double.IsNaN(example.Loss)).ThenByDescending(example => example.Loss).Take(count),
    ];

    private ExampleScores Scores => scores ?? throw new InvalidOperationException(
        $"This evaluation did not look at each example. Ask for details: {nameof(Evaluation)}.{nameof(Of)}(network, loss, data, details: true).");

    private void Add(int example, double cost, int? actual, ReadOnlySpan<float> output, ReadOnlySpan<float> target)
    {
        scores?.Add(example, cost, actual, output);
        Regression?.Add(output, target);
        if (actual is not { } label)
            return;
        var predicted = float.IsNaN(Rows.Max(output)) ? NoClass : Rows.ArgMax(output);
        predictions[example] = predicted;
        examplesOfClass[label]++;
        if (predicted != NoClass)
            confusion[label, predicted]++;
        if (predicted == label)
            Correct++;
    }
}
