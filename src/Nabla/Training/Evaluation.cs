using System.Buffers;
using Nabla.Algebra;
using Nabla.Data;
using Nabla.Losses;

namespace Nabla.Training;

/// <summary>How good a network is on some examples.</summary>
/// <remarks>For classification, the predicted class is the output that is largest.</remarks>
public sealed class Evaluation
{
    /// <summary>The prediction where an output is no number (NaN): wrong, whatever the class.</summary>
    public const int NoClass = -1;

    private const int BatchSize = 256;
    private readonly int[,] confusion;
    private readonly int[] predictions;

    private Evaluation(int count, int classes)
    {
        Count = count;
        confusion = new int[classes, classes];
        predictions = new int[classes > 0 ? count : 0];
    }

    /// <summary>Evaluates a network: one pass through the data.</summary>
    public static Evaluation Of(Network network, Loss loss, Dataset data)
    {
        Compatibility.Check(network, loss, data);
        var result = new Evaluation(data.Count, data.Classes.Count);
        var most = Math.Min(BatchSize, data.Count);
        var inputs = ArrayPool<float>.Shared.Rent(most * data.Inputs);          // the same in every epoch: large arrays are not collected for long
        Matrix x = new(inputs, 0, most, data.Inputs), target = new(most, data.Outputs), output = new(most, network.Outputs);
        var which = new int[most];
        var cost = 0.0;
        for (var start = 0; start < data.Count; start += BatchSize)
        {
            var size = Math.Min(BatchSize, data.Count - start);
            for (var i = 0; i < size; i++)
                which[i] = start + i;
            Matrix batch = x.FirstRows(size), targets = target.FirstRows(size), outputs = output.FirstRows(size);
            data.CopyTo(which.AsSpan(0, size), batch, targets);
            network.Predict(batch, outputs);
            cost += loss.Forward(outputs, targets) * size;
            for (var i = 0; i < size && data.HasClasses; i++)
                result.Add(start + i, actual: data.Label(start + i), outputs.Row(i));
        }
        ArrayPool<float>.Shared.Return(inputs);
        result.Loss = cost / data.Count;
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

    private void Add(int example, int actual, ReadOnlySpan<float> output)
    {
        var predicted = float.IsNaN(Rows.Max(output)) ? NoClass : Rows.ArgMax(output);
        predictions[example] = predicted;
        if (predicted != NoClass)
            confusion[actual, predicted]++;
        if (predicted == actual)
            Correct++;
    }
}
