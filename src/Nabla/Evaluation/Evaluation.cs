using System.Buffers;
using Nabla.Data;

namespace Nabla;

/// <summary>How good a network is on a set of examples.</summary>
/// <remarks>
/// For classification, the predicted class is the one with the largest output. The figures that are needed after each
/// epoch are always computed. The figures that need each single example (<see cref="TopAccuracy"/>,
/// <see cref="Calibration"/>, <see cref="HighestLosses"/>) are available only if details were requested.
/// </remarks>
public sealed class Evaluation
{
    /// <summary>The prediction if an output is NaN: wrong, whatever the class.</summary>
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
    /// <param name="loss">The cost, which also defines what the outputs mean.</param>
    /// <param name="data">The examples.</param>
    /// <param name="details">Whether to keep the score of each example;
    /// without them, the figures that need them throw.</param>
    /// <exception cref="ArgumentException">Network, loss and data do not fit together.</exception>
    public static Evaluation Of(Network network, Loss loss, Dataset data, bool details = false)
    {
        Compatibility.Check(network, loss, data);
        var result = new Evaluation(data, details ? new ExampleScores(network, loss, data.Count) : null);
        var capacity = Math.Min(BatchSize, data.Count);
        // Rented, so that every epoch uses the same array: large arrays stay uncollected for a long time.
        var inputs = ArrayPool<float>.Shared.Rent(capacity * data.Inputs);
        var x = new Matrix(inputs, 0, capacity, data.Inputs);
        Matrix target = new(capacity, data.Outputs), output = new(capacity, network.Outputs);
        var which = new int[capacity];
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
                int? actual = data.HasClasses ? data.Label(start + i) : null;
                result.Add(start + i, costOfExample, actual, outputs.Row(i), targets.Row(i));
            }
            weight += loss.WeightOf(targets);
        }
        ArrayPool<float>.Shared.Return(inputs);
        result.Loss = Nabla.Loss.Mean(cost, weight);
        return result;
    }

    /// <summary>The number of examples.</summary>
    public int Count { get; }

    /// <summary>The mean cost.</summary>
    public double Loss { get; private set; }

    /// <summary>The number of examples that were classified correctly.</summary>
    public int Correct { get; private set; }

    /// <summary>The share of examples that were classified correctly, 0 to 1; null if there are no classes.</summary>
    public double? Accuracy => predictions.Length > 0 ? (double)Correct / Count : null;

    /// <summary>Returns the number of examples of class <paramref name="actual"/> that were
    /// predicted as class <paramref name="predicted"/>.</summary>
    public int Confusion(int actual, int predicted) => confusion[actual, predicted];

    /// <summary>The predicted class of each example, in order; empty if there are no classes.</summary>
    public IReadOnlyList<int> Predictions => predictions;

    /// <summary>Precision, recall and F1 of each class; null if there are no classes.</summary>
    public ClassificationReport? Classification => field ??= predictions.Length > 0 ? new(this, examplesOfClass) : null;

    /// <summary>R² and the errors of the predicted values; null if there are classes.</summary>
    public RegressionReport? Regression { get; }

    /// <summary>
    /// Whether the network is right as often as it is confident; null if there are no classes, or if its outputs are
    /// not probabilities. They are probabilities if the loss makes them from logits, or if the last layer is a
    /// softmax or a sigmoid.
    /// </summary>
    /// <exception cref="InvalidOperationException">Details were not requested.</exception>
    public Calibration? Calibration =>
        Scores.Calibration is var calibration && predictions.Length > 0 ? calibration : null;

    /// <summary>Returns the share of examples whose class is among the <paramref name="k"/> with the largest outputs;
    /// null if there are no classes.</summary>
    /// <exception cref="InvalidOperationException">Details were not requested.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is not positive.</exception>
    public double? TopAccuracy(int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        var classes = Math.Min(k, examplesOfClass.Length);
        return Scores.All is var all && predictions.Length > 0
            ? (double)all.Count(score => score.Rank < classes) / Count
            : null;
    }

    /// <summary>Returns the examples with the highest losses, the worst first.
    /// Mislabelled and odd examples are often among them. NaN is the worst of all.</summary>
    /// <param name="count">How many to return; fewer if there are fewer.</param>
    /// <returns>The index of each example, and its cost, times the weight of its class if that has one.</returns>
    /// <exception cref="InvalidOperationException">Details were not requested.</exception>
    public IReadOnlyList<(int Example, double Loss)> HighestLosses(int count) =>
    [
        .. Scores.All.Select((score, example) => (Example: example, Loss: score.Cost))
            .OrderByDescending(example => double.IsNaN(example.Loss))
            .ThenByDescending(example => example.Loss)
            .Take(count),
    ];

    private ExampleScores Scores => scores ?? throw new InvalidOperationException(
        "This evaluation did not keep the scores of each example. Request details: "
        + $"{nameof(Evaluation)}.{nameof(Of)}(network, loss, data, details: true).");

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
