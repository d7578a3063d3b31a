using Nabla.Kernels;

namespace Nabla;

/// <summary>
/// The mask m of a dropout: 0 with probability p, else 1 / (1 − p). It is not stored: the hash of a key and an index
/// (<see cref="CounterHash"/>) decides about the element at that index, and decides the same whenever it is asked.
/// </summary>
/// <param name="key">A random number that is drawn once for each mask.</param>
/// <param name="rate">p, the probability that an element is dropped.</param>
internal readonly struct DropoutMask(ulong key, float rate) : IIndexedFormula
{
    private readonly float threshold = rate * (1 << 24), scale = 1 / (1 - rate);

    /// <summary>mᵢ·x.</summary>
    public V Of<V>(V x, uint index) where V : struct, IVectorLanes<V> =>
        V.WhereLess(CounterHash.Of<V>(key, index), V.Of(threshold), V.Of(0), scale * x);
}
