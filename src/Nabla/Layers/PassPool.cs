namespace Nabla;

/// <summary>Idle passes that wait to be used again, so that predicting allocates nothing,
/// on any number of threads.</summary>
internal sealed class PassPool
{
    private readonly Pass?[] idle = new Pass?[Math.Max(4, Environment.ProcessorCount)];

    /// <summary>Takes an idle pass with a capacity of at least <paramref name="batch"/> examples,
    /// or returns null.</summary>
    public Pass? Take(int batch)
    {
        for (var i = 0; i < idle.Length; i++)
            if (Volatile.Read(ref idle[i]) is { } seen && seen.Capacity >= batch
                && Interlocked.CompareExchange(ref idle[i], null, seen) == seen)
                return seen;
        return null;
    }

    /// <summary>Returns a pass to the pool. If the pool is full, the pass replaces a smaller one.</summary>
    public void Return(Pass pass)
    {
        for (var i = 0; i < idle.Length; i++)
            if (Interlocked.CompareExchange(ref idle[i], pass, null) is null)
                return;
        for (var i = 0; i < idle.Length; i++)
            if (Volatile.Read(ref idle[i]) is { } seen && seen.Capacity < pass.Capacity
                && Interlocked.CompareExchange(ref idle[i], pass, seen) == seen)
                return;
    }
}
