using Nabla.Formulas;

namespace Nabla;

/// <summary>
/// The average of the weights over the last steps. It is often better than the weights after the last step, because
/// steps back and forth cancel out (Polyak and Juditsky, 1992). Older weights count less and less (an exponential
/// moving average).
/// </summary>
/// <remarks>
/// w̄ ← w̄ + (1 − d) / (1 − dᵗ)·(w − w̄) at step t. The denominator is Adam's bias correction (Kingma and Ba, 2015,
/// section 3): at any time, w̄ is exactly the mean of all weights since the first step, where those of k steps ago
/// have the weight dᵏ. The initial weights are not included.
/// </remarks>
internal sealed class ParameterAverage(IReadOnlyList<Matrix> learned, double decay) : IDisposable, IStateful
{
    // The average; while the average is shown, the raw weights.
    private readonly Matrix[] others = [.. learned.Select(values => new Matrix(values.Rows, values.Columns))];
    private double decayToT = 1;                        // dᵗ
    private bool isShown;

    /// <summary>Adds the weights after one more step to the average.</summary>
    public void Add()
    {
        decayToT *= decay;
        var share = (float)((1 - decay) / (1 - decayToT));
        for (var i = 0; i < others.Length; i++)
            others[i].Set(others[i], learned[i], new Towards(share));
    }

    /// <summary>Puts the average into the network, to be evaluated and saved.</summary>
    public void Show() => Exchange(show: true);

    /// <summary>Puts the raw weights back into the network, to be trained.</summary>
    public void Hide() => Exchange(show: false);

    /// <summary>Leaves the average in the network, for whatever reason the training ends.</summary>
    public void Dispose() => Show();

    /// <inheritdoc/>
    public void Visit(StateVisitor state)
    {
        state.Visit("decay-to-t", ref decayToT);
        state.Visit("is-shown", ref isShown);
        for (var i = 0; i < others.Length; i++)
            state.Visit($"others-{i}", others[i]);
    }

    private void Exchange(bool show)
    {
        if (isShown == show || decayToT == 1)           // before the first step there is no average
            return;
        for (var i = 0; i < others.Length; i++)
        {
            Span<float> a = learned[i].Values, b = others[i].Values;
            for (var j = 0; j < a.Length; j++)
                (a[j], b[j]) = (b[j], a[j]);
        }
        isShown = show;
    }

    private readonly struct Towards(float share) : IBinaryFormula
    {
        public V Of<V>(V mean, V w) where V : struct, ILanes<V> => mean + share * (w - mean);
    }
}
