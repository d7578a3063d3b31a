using Nabla.Algebra;
using Nabla.Data;

namespace Nabla.Training;

/// <summary>Cuts shuffled examples into batches. Every example comes exactly once in an epoch.</summary>
internal sealed class Batches
{
    private readonly Dataset data;
    private readonly int[] order;
    private readonly int size;
    private readonly Matrix x, target;                  // room for one batch, used again for each

    public Batches(Dataset data, int batchSize)
    {
        this.data = data;
        size = Math.Min(batchSize, data.Count);
        order = [.. Enumerable.Range(0, data.Count)];
        x = new Matrix(size, data.Inputs);
        target = new Matrix(size, data.Outputs);
    }

    /// <summary>How many batches an epoch has.</summary>
    public int Count => (order.Length + size - 1) / size;

    /// <summary>A batch, valid until the next one is asked for. The last may have fewer rows.</summary>
    public (Matrix X, Matrix Target) this[int index]
    {
        get
        {
            var which = Examples(index);
            Matrix batch = x.FirstRows(which.Length), targets = target.FirstRows(which.Length);
            data.CopyTo(which, batch, targets);
            data.Announce(Examples(index + 1));
            return (batch, targets);
        }
    }

    private ReadOnlySpan<int> Examples(int index) =>
        index < Count ? order.AsSpan(index * size, Math.Min(size, order.Length - index * size)) : [];

    /// <summary>Puts the examples into a new random order.</summary>
    public void Shuffle(RandomGenerator random) => random.Shuffle(order);
}
