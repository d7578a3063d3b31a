namespace Nabla;

/// <summary>Clips the gradients of a training, and collects statistics about it for each epoch.</summary>
internal sealed class Clipping(GradientClipping rule) : IStateful
{
    private double sum, largest;
    private int steps, clipped;

    /// <summary>The bound that no derivative exceeds after clipping.</summary>
    public double Most => rule.Most;

    public void Apply(ParameterBuffer parameters)
    {
        var size = rule.Apply(parameters);
        sum += size;
        largest = Math.Max(largest, size);
        steps++;
        clipped += size > rule.Most ? 1 : 0;
    }

    /// <summary>Returns the statistics since the last report, and resets them.</summary>
    public (double Mean, double Largest, double Clipped) Report()
    {
        var report = (sum / steps, largest, (double)clipped / steps);
        (sum, largest, steps, clipped) = (0, 0, 0, 0);
        return report;
    }

    /// <inheritdoc/>
    public void Visit(StateVisitor state)
    {
        state.Visit("sum", ref sum);
        state.Visit("largest", ref largest);
        state.Visit("steps", ref steps);
        state.Visit("clipped", ref clipped);
    }
}
