namespace Nabla.Kernels;

/// <summary>Things to work with, such as buffers, that are lent to one user at a time, from any thread. Kept for as many users as there are threads.</summary>
/// <param name="make">Makes one more, where all are lent.</param>
internal sealed class Pool<T>(Func<T> make) where T : class
{
    private readonly T?[] idle = [.. Enumerable.Range(0, Workers.Threads).Select(_ => make())];     // made now: later, nothing is to be allocated

    /// <summary>One that nobody else uses. What it contains is what its last user left.</summary>
    public T Take()
    {
        for (var i = 0; i < idle.Length; i++)
            if (Interlocked.Exchange(ref idle[i], null) is { } taken)
                return taken;
        return make();
    }

    /// <summary>Gives one back.</summary>
    public void Return(T item)
    {
        for (var i = 0; i < idle.Length; i++)
            if (Interlocked.CompareExchange(ref idle[i], item, null) is null)
                return;
    }
}
