namespace Nabla.Doctor;

/// <summary>NB201: a number that is infinite, or no number (NaN).</summary>
/// <remarks>
/// float32 ends at 3.4·10³⁸. What grows beyond is ∞, and ∞ − ∞ or 0·∞ is NaN; a NaN makes everything NaN that it meets, and after one step every weight. So where it is
/// seen is seldom where it began: on the way forward, the first layer whose output is not finite; if all are, the loss; if the cost is finite, too, the first layer on the way back.
/// The usual cause is a learning rate that is too large: each step overshoots further than the one before. A training that has got here cannot recover.
/// Whether cost and gradient are finite is looked at in every step, doctor or not (<see cref="DivergedException"/>); this check says where it began.
/// </remarks>
internal sealed class NonFiniteCheck : Check
{
    /// <inheritdoc/>
    public override string Code => "NB201";

    /// <inheritdoc/>
    public override string Title => "not a finite number";

    /// <summary>The first layer, from 0, whose output is not finite, or −1 if the input of the network is not; null if all are finite.</summary>
    internal static int? FirstOutput(StepFacts facts)
    {
        for (var l = -1; l < facts.Training.Network.Layers.Count; l++)
            if (float.IsNaN(facts.Output(l).LargestMagnitude))
                return l;
        return null;
    }

    /// <summary>Finds out where it began.</summary>
    internal void Locate(StepFacts facts, FindingLog chart)
    {
        const string advice = "Try a learning rate ten times smaller, look at the scale of the inputs, and at the gradient of layers of your own.";
        if (FirstOutput(facts) is { } layer)
        {
            var values = facts.Output(layer);
            var first = values.Values.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue);
            var (example, unit) = Math.DivRem(first, values.Columns);
            chart.Add(this, FindingSeverity.Fatal, layer < 0 ? null : layer,
                $"On the way forward, {(layer < 0 ? $"input {unit + 1}" : $"output {unit + 1} of layer {layer + 1} ({Name(facts, layer)})")} is the first that is not finite: {values.Values[first]}, for example {example + 1} of the batch.",
                layer < 0 ? "Look at the data: fill in or leave out what is missing." : advice,
                new("example", example + 1), new("unit", unit + 1));
        }
        else if (!float.IsFinite((float)facts.Cost))
            chart.Add(this, FindingSeverity.Fatal, null,
                $"Every layer's output is finite, the last one's up to {facts.Output(facts.Training.Network.Layers.Count - 1).LargestMagnitude:G3}, but the cost that {facts.Training.Loss.Name} makes of it is {facts.Cost:G3}, no float32.",
                advice, ("cost", facts.Cost));
        else
        {
            var (l, largest) = WorstGradient(facts);
            chart.Add(this, FindingSeverity.Fatal, l,
                $"Forward, all is finite, but on the way back {(float.IsNaN(largest) ? "what first is not finite is" : $"the largest, {largest:G3}, too large for a step, is")} the gradient of layer {l + 1} ({Name(facts, l)}).",
                advice, new("largest gradient", largest), new("cost", facts.Cost));
        }
    }

    /// <summary>The last layer whose gradient is not finite: backpropagation came to it first. If all are, the one with the largest.</summary>
    private static (int Layer, float Largest) WorstGradient(StepFacts facts)
    {
        var worst = (Layer: 0, Largest: 0f);
        for (var l = facts.Training.Network.Layers.Count - 1; l >= 0; l--)
        {
            var largest = facts.Derivative(l).LargestMagnitude;
            foreach (var parameter in facts.Training.Network.Layers[l].Parameters)
                largest = MathF.Max(largest, parameter.Gradient.LargestMagnitude);      // of a number and NaN, it is NaN
            if (float.IsNaN(largest))
                return (l, largest);
            if (largest > worst.Largest)
                worst = (l, largest);
        }
        return worst;
    }

    private static string Name(StepFacts facts, int layer) => facts.Training.Network.Layers[layer].Name;
}
