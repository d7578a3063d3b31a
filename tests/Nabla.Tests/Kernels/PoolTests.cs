using Nabla.Kernels;

namespace Nabla.Tests.Kernels;

[Collection(Machine.Name)]
public sealed class PoolTests : MachineTests
{
    [Fact]
    public void There_is_one_item_for_each_thread_from_the_start_and_none_is_lent_twice()
    {
        Workers.Threads = 3;
        var made = 0;
        var pool = new Pool<object>(() =>
        {
            made++;
            return new();
        });
        Assert.Equal(3, made);
        object[] lent = [pool.Take(), pool.Take(), pool.Take(), pool.Take()];
        Assert.Equal(4, lent.Distinct().Count());
        Assert.Equal(4, made);                                  // a fourth user gets a new one
        foreach (var item in lent)
            pool.Return(item);
        Assert.Equal(3, lent.Intersect([pool.Take(), pool.Take(), pool.Take()]).Count());
        Assert.Equal(4, made);
    }

    [Fact]
    public void Threads_that_take_at_the_same_time_get_different_items()
    {
        Workers.Threads = 4;
        var pool = new Pool<int[]>(() => new int[1]);
        var shared = 0;
        Workers.ForEach(20_000, _ =>
        {
            var item = pool.Take();
            if (Interlocked.Increment(ref item[0]) != 1)
                Interlocked.Increment(ref shared);
            Interlocked.Decrement(ref item[0]);
            pool.Return(item);
        });
        Assert.Equal(0, shared);
    }
}
