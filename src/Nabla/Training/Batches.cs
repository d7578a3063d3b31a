using Nabla.Algebra;
using Nabla.Data;
using Nabla.Kernels;

namespace Nabla.Training;

/// <summary>Cuts shuffled examples into batches. Every example comes exactly once in an epoch.</summary>
/// <remarks>
/// While one batch is learned from, the next is prepared: by another thread if it is large and one is free, else by asking the memory
/// for its examples ahead. Which of the two happens changes no number.
/// </remarks>
internal sealed class Batches : IDisposable
{
    private const int None = -1;
    private const int WorthOffering = 1 << 16;          // numbers in a batch; a small one is gathered before another thread is awake

    private readonly Dataset data;
    private readonly int[] order;
    private readonly int size;
    private readonly (Matrix X, Matrix Target)[] rooms; // one for the batch in use, one for the next
    private readonly Meanwhile preparation;
    private int prepared = None, next = None;           // batches: the one that lies ready, and the one that is being prepared

    public Batches(Dataset data, int batchSize)
    {
        this.data = data;
        size = Math.Min(batchSize, data.Count);
        order = [.. Enumerable.Range(0, data.Count)];
        rooms = [(new(size, data.Inputs), new(size, data.Outputs)), (new(size, data.Inputs), new(size, data.Outputs))];
        preparation = new(() => Prepare(next));
    }

    /// <summary>How many batches an epoch has.</summary>
    public int Count => (order.Length + size - 1) / size;

    /// <summary>A batch, valid until the next one is asked for. The last may have fewer rows.</summary>
    public (Matrix X, Matrix Target) this[int index]
    {
        get
        {
            preparation.Finish();
            if (index != prepared)
                Prepare(index);
            var (x, target) = rooms[index % 2];
            var rows = Examples(index).Length;
            if (index + 1 < Count)
                PrepareMeanwhile(index + 1);
            return (x.FirstRows(rows), target.FirstRows(rows));
        }
    }

    /// <summary>Puts the examples into a new random order.</summary>
    public void Shuffle(RandomGenerator random)
    {
        preparation.Abandon();
        prepared = None;
        random.Shuffle(order);
    }

    /// <summary>Nobody prepares a batch any more.</summary>
    public void Dispose() => preparation.Abandon();

    private void PrepareMeanwhile(int index)
    {
        next = index;
        var offered = Compute.Threads > 1 && size * data.Inputs >= WorthOffering;
        if (!offered)
            data.Announce(Examples(index));
        preparation.Start(offered);
    }

    private void Prepare(int index)
    {
        var which = Examples(index);
        var (x, target) = rooms[index % 2];
        data.CopyTo(which, x.FirstRows(which.Length), target.FirstRows(which.Length));
        prepared = index;
    }

    private ReadOnlySpan<int> Examples(int index) => order.AsSpan(index * size, Math.Min(size, order.Length - index * size));
}
