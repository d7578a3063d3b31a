namespace Nabla.Doctor;

/// <summary>NB201: a value that is infinite or NaN.</summary>
/// <remarks>
/// <para>float32 ends at 3.4·10³⁸. Anything larger becomes ∞, and ∞ − ∞ or 0·∞ is NaN. A NaN makes every value that
/// it meets NaN, and after one step every weight. So it is seldom seen where it began. The check reports the first
/// layer of the forward pass whose output is not finite; if all outputs are finite, the loss; if the cost is finite
/// too, the first layer of the backward pass.</para>
/// <para>The usual cause is a learning rate that is too large: each step overshoots further than the one before. A
/// training that has got here cannot recover. Every step tests whether cost and gradient are finite, with or without
/// a doctor (<see cref="DivergedException"/>); this check finds where it began.</para>
/// </remarks>
internal sealed class NonFiniteCheck : Check
{
    /// <inheritdoc/>
    public override string Code => "NB201";

    /// <inheritdoc/>
    public override string Title => "not a finite number";

    /// <summary>
    /// The first layer, from 0, whose output is not finite, or −1 if the input of the network is not; null if all are
    /// finite.
    /// </summary>
    internal static int? FirstOutput(StepFacts facts)
    {
        for (var l = -1; l < facts.Training.Network.Layers.Count; l++)
            if (float.IsNaN(facts.Output(l).LargestMagnitude))
                return l;
        return null;
    }

    /// <summary>Finds the value that was the first not to be finite, and reports it.</summary>
    internal void Locate(StepFacts facts, FindingLog log)
    {
        const string advice =
            "Try a learning rate ten times smaller. Check the scale of the inputs, and the gradient of your own " +
            "layers.";
        if (FirstOutput(facts) is { } layer)
        {
            var values = facts.Output(layer);
            var first = values.Values.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue);
            var (example, unit) = Math.DivRem(first, values.Columns);
            var where = layer < 0
                ? $"input {unit + 1}"
                : $"output {unit + 1} of layer {layer + 1} ({Name(facts, layer)})";
            log.Add(this, FindingSeverity.Fatal, layer < 0 ? null : layer,
                $"In the forward pass, {where} is the first value that is not finite: " +
                $"{values.Values[first]}, for example {example + 1} of the batch.",
                layer < 0 ? "Check the data: fill in or leave out missing values." : advice,
                new("example", example + 1), new("unit", unit + 1));
        }
        else if (!float.IsFinite((float)facts.Cost))
        {
            var largest = facts.Output(facts.Training.Network.Layers.Count - 1).LargestMagnitude;
            log.Add(this, FindingSeverity.Fatal, null,
                $"Every layer's output is finite (the last one's is at most {largest:G3}), but the cost that " +
                $"{facts.Training.Loss.Name} computes from it is {facts.Cost:G3}, which does not fit into a " +
                "float32.",
                advice, ("cost", facts.Cost));
        }
        else
        {
            var (l, largest) = WorstGradient(facts);
            var name = $"layer {l + 1} ({Name(facts, l)})";
            log.Add(this, FindingSeverity.Fatal, l,
                float.IsNaN(largest)
                    ? $"The forward pass is finite. In the backward pass, the gradient of {name} is the first " +
                      "that is not finite."
                    : $"The forward pass is finite, but the largest gradient, {largest:G3} in {name}, is too large " +
                      "for a step.",
                advice, new("largest gradient", largest), new("cost", facts.Cost));
        }
    }

    /// <summary>
    /// The last layer whose gradient is not finite: backpropagation reached it first. If all are finite, the layer with
    /// the largest gradient.
    /// </summary>
    private static (int Layer, float Largest) WorstGradient(StepFacts facts)
    {
        var worst = (Layer: 0, Largest: 0f);
        for (var l = facts.Training.Network.Layers.Count - 1; l >= 0; l--)
        {
            var largest = facts.Derivative(l).LargestMagnitude;
            foreach (var parameter in facts.Training.Network.Layers[l].Parameters)
                largest = MathF.Max(largest, parameter.Gradient.LargestMagnitude);      // NaN if either is NaN
            if (float.IsNaN(largest))
                return (l, largest);
            if (largest > worst.Largest)
                worst = (l, largest);
        }
        return worst;
    }

    private static string Name(StepFacts facts, int layer) => facts.Training.Network.Layers[layer].Name;
}
