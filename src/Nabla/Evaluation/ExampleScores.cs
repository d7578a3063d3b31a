namespace Nabla;

/// <summary>What an evaluation in detail remembers of each example: enough for every figure, whatever the number of classes.</summary>
internal sealed class ExampleScores
{
    private readonly Loss loss;
    private readonly ExampleScore[] scores;
    private readonly float[] probabilities;             // of one example; empty where outputs are no probabilities
    private double squares;

    public ExampleScores(Network network, Loss loss, int count)
    {
        this.loss = loss;
        scores = new ExampleScore[count];
        probabilities = GivesProbabilities(network, loss) ? new float[network.Outputs] : [];
    }

    public IReadOnlyList<ExampleScore> All => scores;

    /// <summary>How far to trust the probabilities; null where the outputs are none.</summary>
    public Calibration? Calibration => field ??= probabilities.Length > 0 ? new(scores, squares / scores.Length) : null;

    /// <summary>Remembers one example; <paramref name="actual"/> is its class, or null if there are none.</summary>
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

    /// <summary>How many classes are thought likelier than the right one. A tie goes to the class that comes first, as in a prediction; NaN puts it last.</summary>
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

    /// <summary>Whether outputs mean probabilities, by the loss or by the last layer.</summary>
    private static bool GivesProbabilities(Network network, Loss loss) => loss.TakesLogits || network.Layers[^1] is Softmax or Sigmoid;
}

/// <summary>What is remembered of one example.</summary>
/// <param name="Cost">Its cost, times its weight if it has one.</param>
/// <param name="Rank">How many classes were thought likelier than its own.</param>
/// <param name="Confidence">The probability of the predicted class; NaN if there is none.</param>
internal readonly record struct ExampleScore(double Cost, int Rank, float Confidence);
