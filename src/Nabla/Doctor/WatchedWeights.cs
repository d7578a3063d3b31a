namespace Nabla.Doctor;

/// <summary>The weights of one layer before and after a step: all, or up to 512 of them, evenly spread.</summary>
public sealed class WatchedWeights
{
    private const int Most = 512;

    private readonly float[] before;
    private readonly int stride;

    private WatchedWeights(int layer, Parameter parameter)
    {
        (Layer, Parameter) = (layer, parameter);
        stride = (parameter.Count + Most - 1) / Most;
        before = new float[(parameter.Count + stride - 1) / stride];
    }

    /// <summary>The layer, from 0.</summary>
    public int Layer { get; }

    /// <summary>The parameter, with all its values after the step.</summary>
    public Parameter Parameter { get; }

    /// <summary>The size of the step relative to the weights: ‖Δw‖ / ‖w‖; 0 if all weights were 0.</summary>
    public double UpdateRatio()
    {
        double moved = 0, size = 0;
        var now = Parameter.Value.Values;
        for (var i = 0; i < before.Length; i++)
        {
            var delta = (double)now[i * stride] - before[i];
            moved += delta * delta;
            size += (double)before[i] * before[i];
        }
        return size > 0 ? Math.Sqrt(moved / size) : 0;
    }

    internal void Remember()
    {
        var now = Parameter.Value.Values;
        for (var i = 0; i < before.Length; i++)
            before[i] = now[i * stride];
    }

    internal static IEnumerable<WatchedWeights> Of(Network network) =>
        from layer in Enumerable.Range(0, network.Layers.Count)
        from parameter in network.Layers[layer].Parameters
        where !parameter.IsVector
        select new WatchedWeights(layer, parameter);
}
