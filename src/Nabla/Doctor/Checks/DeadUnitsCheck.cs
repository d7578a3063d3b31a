namespace Nabla.Doctor;

/// <summary>
/// NB204: units of a ReLU, or of another activation that can be exactly 0, that give 0 for every example.
/// </summary>
/// <remarks>
/// <para>Where z is below 0, a ReLU gives 0, and its slope is 0. If z is below 0 for all examples, no derivative ever
/// passes, and the weights of the neuron never change: it is dead. A single step that is too long can push the bias
/// that low; so can an initial bias. A few dead units are normal, and only waste capacity.</para>
/// <para>A unit counts as dead if it gave 0 for every example of the last batches that were looked at (at least three
/// batches and a hundred examples), although z differed from example to example. Behind the blank border of an image,
/// z does not differ. More than half of a layer is a warning. It is fatal if the whole layer has been dead for twice
/// as long, and the gradient of all parameters up to it is exactly 0.</para>
/// </remarks>
internal sealed class DeadUnitsCheck : Check
{
    private const double Most = 0.5;
    private const int FewestLooks = 3, FewestExamples = 100, MostNumbers = 1 << 12;

    // [layer][unit]: looks in a row in which the unit gave only 0; empty for layers that cannot be silent
    private int[][] silent = [];
    private Persistence hopeless = new(0);
    private int looksUntilDead;                         // in a row

    /// <inheritdoc/>
    public override string Code => "NB204";

    /// <inheritdoc/>
    public override string Title => "dead units";

    /// <inheritdoc/>
    public override void Begin(TrainingFacts training, FindingLog log)
    {
        silent = [.. training.Network.Layers.Select(layer => new int[CanBeSilent(layer) ? layer.OutputShape.Size : 0])];
        hopeless = new(silent.Length);
        var examples = Math.Min(FewestExamples, training.Examples);
        looksUntilDead = Math.Max(FewestLooks, (examples + training.BatchSize - 1) / training.BatchSize);
    }

    internal override void Visit(StateVisitor state)
    {
        for (var l = 0; l < silent.Length; l++)
            state.Visit($"silent-{l}", silent[l]);
        state.Visit("hopeless", hopeless);
    }

    /// <inheritdoc/>
    public override void AfterStep(StepFacts facts, FindingLog log)
    {
        var layers = facts.Training.Network.Layers;
        for (var l = 0; l < layers.Count; l++)
        {
            if (!CanBeSilent(layers[l]))
                continue;
            var share = DeadShare(facts.Output(l - 1), facts.Output(l), silent[l], looksUntilDead);
            if (hopeless.Count(l, share == 1 && facts.HasNoGradientUpTo(l)) > looksUntilDead)
                Report(
                    log, FindingSeverity.Fatal, l, share,
                    $"All of its units gave 0 for every example of the last {2 * looksUntilDead} batches that were " +
                    "looked at: the layers before it can no longer learn.");
            else if (share > Most)
                Report(
                    log, FindingSeverity.Warning, l, share,
                    $"{100 * share:F0} % of its units gave 0 for every example of the last {looksUntilDead} batches " +
                    "that were looked at.");
        }
    }

    /// <summary>Whether 0 is the lower bound of its output: an activation that goes below 0 is not off at 0.</summary>
    private static bool CanBeSilent(Layer layer) => layer.SlopeFormula is not null && layer.Range.Least >= 0;

    /// <summary>
    /// The share of units that have been silent for <paramref name="looksUntilDead"/> looks, among those whose z
    /// differs.
    /// </summary>
    private static double DeadShare(ReadOnlyMatrix z, ReadOnlyMatrix y, int[] silent, int looksUntilDead)
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
            dead += silent[unit] >= looksUntilDead ? 1 : 0;
        }
        return count > 0 ? (double)dead / count : 0;
    }

    private void Report(FindingLog log, FindingSeverity severity, int layer, double share, string message)
    {
        if (log.Lacks(this, severity, layer))
            log.Add(this, severity, layer,
                message,
                "Take a smaller learning rate, begin with biases of 0 and weights from Initializer.He, or use " +
                "leaky-relu, which cannot die.",
                ("share of dead units", share));
    }
}
