using Nabla.Formulas;

namespace Nabla;

/// <summary>
/// The average of the weights over the last steps, which is often better than where the last step happened to end: steps that go to and
/// fro cancel out (Polyak and Juditsky, 1992). Older weights count less and less (an exponential moving average).
/// </summary>
/// <remarks>
/// w̄ ← w̄ + (1 − d) / (1 − dᵗ)·(w − w̄) at step t. The denominator is Adam's correction for a short past (Kingma and Ba, 2015, section 3): w̄
/// is at any time exactly the mean of all weights since the first step, those of k steps ago counted dᵏ times. The initial weights
/// are not among them.
/// </remarks>
internal sealed class ParameterAverage(IReadOnlyList<Matrix> learned, double decay) : IDisposable, IStateful
{
    private readonly Matrix[] others = [.. learned.Select(numbers => new Matrix(numbers.Rows, numbers.Columns))];    // the average; while that is shown, the raw weights
    private double decayToT = 1;                        // dᵗ
    private bool isShown;

    /// <summary>Takes the weights of one more step into the average.</summary>
    public void Add()
    {
        decayToT *= decay;
        var share = (float)((1 - decay) / (1 - decayToT));
        for (var i = 0; i < others.Length; i++)
            others[i].Set(others[i], learned[i], new Towards(share));
    }

    /// <summary>Has the network hold the average, to be evaluated and saved.</summary>
    public void Show() => Exchange(show: true);

    /// <summary>Has the network hold the raw weights again, to be trained on.</summary>
    public void Hide() => Exchange(show: false);

    /// <summary>However the training ends, the network holds the average.</summary>
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
