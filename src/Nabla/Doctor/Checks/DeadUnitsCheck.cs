namespace Nabla.Doctor;

/// <summary>NB204: units of a ReLU, or of another activation that can be exactly 0, that no example wakes.</summary>
/// <remarks>
/// Where z is below 0, a ReLU gives 0, and its slope is 0. If z is below 0 for all examples, no derivative ever passes, and the weights of the neuron stay as they are: it is dead. One
/// step that was too long can push the bias so low; so can an initial bias. Some dead units are usual, and only waste room.
/// <para>
/// A unit counts as dead when it gave 0 for every example of the last batches that were looked at, at least three and a hundred examples, although z differed from example to example (behind
/// the blank border of an image it does not). The warning begins at half of a layer. It is fatal when the whole layer has been dead for twice as long, and the gradient of all parameters up
/// to it is exactly 0.
/// </para>
/// </remarks>
internal sealed class DeadUnitsCheck : Check
{
    private const double Most = 0.5;
    private const int FewestLooks = 3, FewestExamples = 100, MostNumbers = 1 << 12;

    private int[][] silent = [];                        // [layer][unit]: looks in a row that have seen nothing but 0; only of layers that can be silent
    private Persistence hopeless = new(0);
    private int sampling;                                  // in a row, after which a unit counts as dead

    /// <inheritdoc/>
    public override string Code => "NB204";

    /// <inheritdoc/>
    public override string Title => "dead units";

    /// <inheritdoc/>
    public override void Begin(TrainingFacts training, FindingLog chart)
    {
        silent = [.. training.Network.Layers.Select(layer => new int[CanBeSilent(layer) ? layer.OutputShape.Size : 0])];
        hopeless = new(silent.Length);
        sampling = Math.Max(FewestLooks, (Math.Min(FewestExamples, training.Examples) + training.BatchSize - 1) / training.BatchSize);
    }

    internal override void Visit(StateVisitor state)
    {
        for (var l = 0; l < silent.Length; l++)
            state.Visit($"silent-{l}", silent[l]);
        state.Visit("hopeless", hopeless);
    }

    /// <inheritdoc/>
    public override void AfterStep(StepFacts facts, FindingLog chart)
    {
        var layers = facts.Training.Network.Layers;
        for (var l = 0; l < layers.Count; l++)
        {
            if (!CanBeSilent(layers[l]))
                continue;
            var share = DeadShare(facts.Output(l - 1), facts.Output(l), silent[l], sampling);
            if (hopeless.Count(l, share == 1 && facts.HasNoGradientUpTo(l)) > sampling)
                Report(chart, FindingSeverity.Fatal, l, share, $"None of its units gave anything but 0 for any example of the last {2 * sampling} batches that were looked at: nothing before it can learn any more.");
            else if (share > Most)
                Report(chart, FindingSeverity.Warning, l, share, $"{100 * share:F0} % of its units gave 0 for every example of the last {sampling} batches that were looked at.");
        }
    }

    /// <summary>Whether 0 is the least that it gives: one that goes below, or has no bound, is not off at 0.</summary>
    private static bool CanBeSilent(Layer layer) => layer is Activation && layer.Range.Least >= 0;

    /// <summary>The share of units that have been silent for so many looks, of those that could have been heard: z differs.</summary>
    private static double DeadShare(ReadOnlyMatrix z, ReadOnlyMatrix y, int[] silent, int sampling)
    {
        var stride = Math.Max(1, (int)((long)y.Rows * y.Columns / MostNumbers));
        int dead = 0, count = 0;
        ReadOnlySpan<float> before = z.Values, after = y.Values;
        for (var unit = 0; unit < y.Columns; unit += stride)
        {
            bool differs = y.Rows == 1, speaks = false;
            for (var at = unit; at < after.Length; at += y.Columns)
            {
                differs |= before[at] != before[unit];
                speaks |= after[at] != 0;
            }
            if (!differs)
                continue;
            silent[unit] = speaks ? 0 : silent[unit] + 1;
            count++;
            dead += silent[unit] >= sampling ? 1 : 0;
        }
        return count > 0 ? (double)dead / count : 0;
    }

    private void Report(FindingLog chart, FindingSeverity severity, int layer, double share, string message)
    {
        if (chart.Lacks(this, severity, layer))
            chart.Add(this, severity, layer,
                message,
                "Take a smaller learning rate, begin with biases of 0 and weights after Initializer.He, or use leaky-relu, which cannot die.",
                ("share of dead units", share));
    }
}
