namespace Nabla;

/// <summary>Whether a training still makes progress: the best epoch so far, its weights, and how long ago it was.</summary>
internal sealed class EarlyStoppingMonitor(EarlyStopping rule, IReadOnlyList<Matrix> learned) : IDisposable, IStateful
{
    private readonly Matrix[] bestWeights = [.. learned.Select(numbers => new Matrix(numbers.Rows, rule.RestoresBest ? numbers.Columns : 0))];
    private double best = double.PositiveInfinity;
    private int waited;                                 // epochs since the best

    /// <summary>Whether patience is at its end.</summary>
    public bool HasEnded => waited >= rule.Patience;

    /// <summary>Takes note of what an epoch has come to; if it is the best so far, of the weights too.</summary>
    public void Watch(Epoch epoch)
    {
        waited++;
        if (!(rule.Of(epoch) < best - rule.MinimalImprovement))         // NaN is not
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

    /// <summary>Puts the best weights back.</summary>
    public void Dispose()
    {
        for (var i = 0; i < bestWeights.Length && rule.RestoresBest && best < double.PositiveInfinity; i++)
            bestWeights[i].Values.CopyTo(learned[i].Values);
    }
}
