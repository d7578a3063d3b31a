using Nabla.Data;
using Nabla.Kernels;

namespace Nabla;

/// <summary>Cuts shuffled examples into batches. Every example appears exactly once in an epoch.</summary>
/// <remarks>
/// While one batch is learned from, another thread prepares the next, if one is free and that is faster. If the next
/// batch is not ready when it is needed, all threads prepare what is left. The thread that has prepared a batch
/// prefetches the examples of the one after it. Which thread does what does not change any result.
/// </remarks>
internal sealed class Batches : IDisposable, IStateful
{
    private const int None = -1;
    private const int WorthOffering = 1 << 12;          // values in a batch; waking a thread takes longer for fewer
    private const int RowsOfPart = 4;                   // images that one thread augments at a time

    private readonly Dataset data;
    private readonly Augmenter? augmenter;
    private readonly int[] order;
    private readonly int size;
    private readonly (Matrix X, Matrix Target)[] buffers;       // one for the batch in use, one for the next
    private readonly BackgroundWork preparation;

    // First: another thread prepares the next batch. Second: this thread prepares it, later. Which is faster depends on
    // how far apart the cores are.
    private AdaptiveChoice choice;
    private int next = None;                            // the batch that is being prepared, or is ready

    public Batches(Dataset data, int batchSize, Augmenter? augmenter = null)
    {
        (this.data, this.augmenter) = (data, augmenter);
        size = Math.Min(batchSize, data.Count);
        order = [.. Enumerable.Range(0, data.Count)];
        buffers = [NewBuffers(), NewBuffers()];
        preparation = new(part => Prepare(next, part));
    }

    /// <summary>The number of batches in an epoch.</summary>
    public int Count => (order.Length + size - 1) / size;

    /// <summary>Returns a batch, valid until the next one is requested. The last batch may have fewer rows.</summary>
    public (Matrix X, Matrix Target) this[int index]
    {
        get
        {
            if (index != next)
            {
                preparation.Abandon();
                Start(index);
            }
            preparation.Finish();
            var (x, target) = buffers[index % 2];
            var rows = Examples(index).Length;
            if (index + 1 < Count)
                Start(index + 1);
            return (x.FirstRows(rows), target.FirstRows(rows));
        }
    }

    /// <summary>Puts the examples into a new random order, for the epoch of this number, from 1.</summary>
    public void Shuffle(RandomGenerator random, int epoch)
    {
        Begin(epoch);
        random.Shuffle(order);
    }

    /// <summary>Begins the epoch of this number with the examples in their current order.</summary>
    public void Begin(int epoch)
    {
        preparation.Abandon();
        next = None;
        choice.Pause();
        augmenter?.Begin(epoch);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The restored order is not a permutation:
    /// an example is missing.</exception>
    public void Visit(StateVisitor state)
    {
        preparation.Abandon();                          // no thread may read the order while it changes
        next = None;
        state.Visit("order", order);
        var seen = new bool[order.Length];
        foreach (var example in order)
            if ((uint)example >= (uint)seen.Length || seen[example])
                throw new InvalidDataException(
                    $"The order of the examples is damaged: {example} is in it twice, "
                    + $"or is not from 0 to {order.Length - 1}.");
            else
                seen[example] = true;
    }

    /// <summary>Stops the preparation of the next batch.</summary>
    public void Dispose() => preparation.Abandon();

    private void Start(int index)
    {
        next = index;
        var examples = Examples(index);
        var offered = Compute.Threads > 1
            && (augmenter is not null || (size * data.Inputs >= WorthOffering && !choice.TakesSecond()));
        preparation.Start(offered, parts: augmenter is null ? 1 : (examples.Length + RowsOfPart - 1) / RowsOfPart);
    }

    private void Prepare(int index, int part)
    {
        var which = Examples(index);
        var (x, target) = buffers[index % 2];
        var first = part * RowsOfPart;
        var count = augmenter is null ? which.Length : Math.Min(RowsOfPart, which.Length - first);
        data.CopyTo(which.Slice(first, count), x.RowRange(first, count), target.RowRange(first, count), augmenter);
        if (augmenter is null && index + 1 < Count)
            data.Prefetch(Examples(index + 1));
    }

    /// <summary>
    /// Allocates the buffers of a batch. Images usually have many zeros; other inputs may have none, and then a map
    /// of the zeros would cost more than it saves.
    /// </summary>
    private (Matrix X, Matrix Target) NewBuffers()
    {
        var x = data.ImageSize is null ? new(size, data.Inputs) : Matrix.WithZeroMap(size, data.Inputs);
        return (x, new(size, data.Outputs));
    }

    private ReadOnlySpan<int> Examples(int index) =>
        order.AsSpan(index * size, Math.Min(size, order.Length - index * size));
}
