namespace Nabla.Doctor;

/// <summary>NB202: initial weights that are all positive, or all negative.</summary>
/// <remarks>
/// If the weights have mean 0, the terms of z = Σ w·x cancel, and z has the size of √I terms. If all weights are
/// positive, and the inputs too, they add up to I terms. Then all neurons of a layer fire together, saturated, and
/// give the same output. The usual cause is a generator that gives 0 to 1 where −1 to 1 was meant. The probability
/// that 95 % of n random signs are equal is 2·10⁻⁵ for n = 20, the fewest weights that are checked, and 10⁻⁵⁰ for
/// n = 200.
/// </remarks>
internal sealed class OneSignedWeightsCheck : Check
{
    private const int Fewest = 20;
    private const double Most = 0.95;

    /// <inheritdoc/>
    public override string Code => "NB202";

    /// <inheritdoc/>
    public override string Title => "initial weights of one sign";

    /// <inheritdoc/>
    public override void Begin(TrainingFacts training, FindingLog log)
    {
        for (var l = 0; l < training.Network.Layers.Count; l++)
            foreach (var parameter in training.Network.Layers[l].Parameters)
            {
                if (parameter.IsVector || parameter.Count < Fewest)
                    continue;
                var (positive, negative) = Signs(parameter.Value.Values);
                var share = Math.Max(positive, negative) / (double)parameter.Count;
                if (share > Most)
                    log.Add(this, FindingSeverity.Warning, l,
                        $"{100 * share:F0} % of its {parameter.Count} initial weights are " +
                        $"{(positive > negative ? "positive" : "negative")}, so all neurons fire together.",
                        "Draw weights around 0: use the network's own initialisation, or Initializer.Glorot or He " +
                        "for a layer.",
                        new("share of weights with the same sign", share), new("weights", parameter.Count));
            }
    }

    private static (int Positive, int Negative) Signs(ReadOnlySpan<float> weights)
    {
        int positive = 0, negative = 0;
        foreach (var weight in weights)
        {
            positive += weight > 0 ? 1 : 0;
            negative += weight < 0 ? 1 : 0;
        }
        return (positive, negative);
    }
}
