namespace Nabla;

/// <summary>Passes that wait to be used again, so that predictions allocate nothing, on any thread.</summary>
internal sealed class PassPool
{
    private readonly Pass?[] idle = new Pass?[Math.Max(4, Environment.ProcessorCount)];

    /// <summary>Takes an idle pass that can hold <paramref name="batch"/> examples; null if there is none.</summary>
    public Pass? Take(int batch)
    {
        for (var i = 0; i < idle.Length; i++)
            if (Volatile.Read(ref idle[i]) is { } seen && seen.Capacity >= batch
                && Interlocked.CompareExchange(ref idle[i], null, seen) == seen)
                return seen;
        return null;
    }

    /// <summary>Returns a pass. If all slots are taken, it replaces a smaller one.</summary>
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
