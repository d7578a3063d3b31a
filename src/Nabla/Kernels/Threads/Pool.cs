namespace Nabla.Kernels;

/// <summary>
/// A pool of objects such as buffers. Each is lent to one user at a time, on any thread. It keeps as many as there are
/// threads.
/// </summary>
/// <param name="make">Makes another object when all are lent.</param>
internal sealed class Pool<T>(Func<T> make) where T : class
{
    // made at the start, so that nothing is allocated later
    private readonly T?[] idle = [.. Enumerable.Range(0, Workers.Threads).Select(_ => make())];

    /// <summary>Lends an object that nobody else uses. It contains what its last user left in it.</summary>
    public T Take()
    {
        for (var i = 0; i < idle.Length; i++)
            if (Interlocked.Exchange(ref idle[i], null) is { } taken)
                return taken;
        return make();
    }

    /// <summary>Returns an object to the pool.</summary>
    public void Return(T item)
    {
        for (var i = 0; i < idle.Length; i++)
            if (Interlocked.CompareExchange(ref idle[i], item, null) is null)
                return;
    }
}
