namespace Nabla;

/// <summary>What a detailed evaluation keeps of each example:
/// enough for every figure, whatever the number of classes.</summary>
internal sealed class ExampleScores
{
    private readonly Loss loss;
    private readonly ExampleScore[] scores;
    private readonly float[] probabilities;             // of one example; empty if the outputs are not probabilities
    private double squares;

    public ExampleScores(Network network, Loss loss, int count)
    {
        this.loss = loss;
        scores = new ExampleScore[count];
        probabilities = GivesProbabilities(network, loss) ? new float[network.Outputs] : [];
    }

    public IReadOnlyList<ExampleScore> All => scores;

    /// <summary>The calibration of the probabilities; null if the outputs are not probabilities.</summary>
    public Calibration? Calibration => field ??= probabilities.Length > 0 ? new(scores, squares / scores.Length) : null;

    /// <summary>Adds one example; <paramref name="actual"/> is its class, or null if there are no classes.</summary>
    public void Add(int example, double cost, int? actual, ReadOnlySpan<float> output)
    {
        if (actual is not { } label)
        {
            scores[example] = new(cost, Rank: 0, Confidence: float.NaN);
            return;
        }
        var confidence = float.NaN;
        if (probabilities.Length > 0)
        {
            loss.Interpret(output, probabilities);
            confidence = Rows.Max(probabilities);
            for (var i = 0; i < probabilities.Length; i++)
            {
                var error = (double)probabilities[i] - (i == label ? 1 : 0);
                squares += error * error;
            }
        }
        scores[example] = new(cost, Rank(output, label), confidence);
    }

    /// <summary>Returns the number of classes that rank before the right one.
    /// A tie goes to the class that comes first, as in a prediction. NaN ranks the right class last.</summary>
    private static int Rank(ReadOnlySpan<float> output, int actual)
    {
        var rank = 0;
        for (var i = 0; i < output.Length; i++)
            if (float.IsNaN(output[i]))
                return output.Length;
            else if (output[i] > output[actual] || (output[i] == output[actual] && i < actual))
                rank++;
        return rank;
    }

    /// <summary>Whether the outputs mean probabilities, because of the loss or the last layer.</summary>
    private static bool GivesProbabilities(Network network, Loss loss) =>
        loss.TakesLogits || network.Layers[^1] is Softmax or Sigmoid;
}

/// <summary>What is kept of one example.</summary>
/// <param name="Cost">Its cost, times its weight if it has one.</param>
/// <param name="Rank">The number of classes that rank before its own.</param>
/// <param name="Confidence">The probability of the predicted class; NaN if there is none.</param>
internal readonly record struct ExampleScore(double Cost, int Rank, float Confidence);
