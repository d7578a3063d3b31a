namespace Nabla.Doctor;

/// <summary>NB203: units of a sigmoid, tanh or similar activation that are stuck at an end of their range.</summary>
/// <remarks>
/// <para>Far from 0 a sigmoid is flat: σ′(z) = a·(1 − a) approaches 0 as a approaches 0 or 1, and so does every
/// derivative that passes through it. Such a unit gives the same output for all examples, and recovers slowly. The
/// cause is large weights (a deviation of 1, whatever the number of inputs), large inputs, or a step that was too
/// long.</para>
/// <para>The evidence is the share of outputs, over units and examples, that lie within a hundredth of the range at
/// either end. There σ′ is below 0.0099, a twenty-fifth of its maximum (Glorot and Bengio, 2010, section 3.1, watch
/// the same). At the start the share should be near 0 (with weights from Glorot, |z| is about 1, and |z| > 4.6 is
/// saturated); half is too much. Later a network may be confident: only 95 % of a hidden layer, three looks in a row,
/// is too much. The last layer is checked only at the start, because its outputs are meant to reach the ends of the
/// range.</para>
/// <para>It is fatal if every output is saturated and the gradient of all parameters up to it is exactly 0, six looks
/// in a row: then nothing before it can change.</para>
/// </remarks>
internal sealed class SaturationCheck : Check
{
    private const double Outer = 0.01, MostAtStart = 0.5, MostLater = 0.95;
    private const int Warns = 3, Kills = 6;

    private Persistence high = new(0), hopeless = new(0);

    /// <inheritdoc/>
    public override string Code => "NB203";

    /// <inheritdoc/>
    public override string Title => "saturated units";

    /// <inheritdoc/>
    public override void Begin(TrainingFacts training, FindingLog log)
    {
        (high, hopeless) = (new(training.Network.Layers.Count), new(training.Network.Layers.Count));
    }

    internal override void Visit(StateVisitor state)
    {
        state.Visit("high", high);
        state.Visit("hopeless", hopeless);
    }

    /// <inheritdoc/>
    public override void AfterStep(StepFacts facts, FindingLog log)
    {
        var layers = facts.Training.Network.Layers;
        for (var l = 0; l < layers.Count; l++)
        {
            var range = layers[l].Range;
            if (layers[l].SlopeFormula is null || !float.IsFinite(range.Least) || !float.IsFinite(range.Most))
                continue;
            var isFirst = facts.Look == 1;
            if (l == layers.Count - 1 && !isFirst)
                continue;
            var share = SaturatedShare(facts.Output(l), range);
            if (hopeless.Count(l, share == 1 && facts.HasNoGradientUpTo(l)) >= Kills)
                Report(
                    log, FindingSeverity.Fatal, l, share,
                    $", and no gradient has passed through them in the last {Kills} batches that were looked at");
            else if (isFirst && share > MostAtStart)
                Report(log, FindingSeverity.Warning, l, share, " before the first step");
            else if (high.Count(l, share > MostLater) >= Warns)
                Report(log, FindingSeverity.Warning, l, share, $", {Warns} looks in a row");
        }
    }

    private static double SaturatedShare(ReadOnlyMatrix y, (float Least, float Most) range)
    {
        var margin = (float)Outer * (range.Most - range.Least);
        float low = range.Least + margin, high = range.Most - margin;
        int saturated = 0, count = 0;
        foreach (var value in new Spread(y))
        {
            count++;
            saturated += value < low || value > high ? 1 : 0;
        }
        return (double)saturated / count;
    }

    private void Report(FindingLog log, FindingSeverity severity, int layer, double share, string when)
    {
        if (log.Lacks(this, severity, layer))
            log.Add(this, severity, layer,
                $"{100 * share:F0} % of its outputs are saturated{when}.",
                "Scale the inputs, draw smaller initial weights (Initializer.Glorot), or take a smaller learning " +
                "rate. ReLU and cross-entropy do not saturate like this.",
                ("share of saturated outputs", share));
    }
}
