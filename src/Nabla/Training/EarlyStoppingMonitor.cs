namespace Nabla;

/// <summary>Tracks whether a training still makes progress: the best epoch so far,
/// its weights, and how long ago it was.</summary>
internal sealed class EarlyStoppingMonitor(EarlyStopping rule, IReadOnlyList<Matrix> learned) : IDisposable, IStateful
{
    private readonly Matrix[] bestWeights =
        [.. learned.Select(values => new Matrix(values.Rows, rule.RestoresBest ? values.Columns : 0))];
    private double best = double.PositiveInfinity;
    private int waited;                                 // epochs since the best one

    /// <summary>Whether the patience is exhausted.</summary>
    public bool HasEnded => waited >= rule.Patience;

    /// <summary>Records the result of an epoch, and the weights if it is the best so far.</summary>
    public void Watch(Epoch epoch)
    {
        waited++;
        if (!(rule.Of(epoch) < best - rule.MinimalImprovement))         // also if the figure is NaN
            return;
        (best, waited) = (rule.Of(epoch), 0);
        for (var i = 0; i < bestWeights.Length && rule.RestoresBest; i++)
            learned[i].Values.CopyTo(bestWeights[i].Values);
    }

    /// <inheritdoc/>
    public void Visit(StateVisitor state)
    {
        state.Visit("best", ref best);
        state.Visit("waited", ref waited);
        for (var i = 0; i < bestWeights.Length; i++)
            state.Visit($"best-weights-{i}", bestWeights[i]);
    }

    /// <summary>Restores the best weights.</summary>
    public void Dispose()
    {
        for (var i = 0; i < bestWeights.Length && rule.RestoresBest && best < double.PositiveInfinity; i++)
            bestWeights[i].Values.CopyTo(learned[i].Values);
    }
}
