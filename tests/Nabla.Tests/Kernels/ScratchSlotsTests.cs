using Nabla.Kernels;

namespace Nabla.Tests.Kernels;

public sealed unsafe class RoomsTests
{
    [Fact]
    public void The_first_free_room_is_taken()
    {
        var taken = 0;
        Assert.Equal([0, 1, 2], [Rooms.Take(&taken), Rooms.Take(&taken), Rooms.Take(&taken)]);
        Rooms.Return(&taken, 1);
        Assert.Equal([1, 3], [Rooms.Take(&taken), Rooms.Take(&taken)]);
        for (var room = 4; room < 32; room++)
            Assert.Equal(room, Rooms.Take(&taken));
        for (var room = 0; room < 32; room++)
            Rooms.Return(&taken, room);
        Assert.Equal(0, taken);
    }

    [Fact]
    public void No_two_threads_have_the_same_room()
    {
        const int threads = 4;
        var taken = 0;
        var address = (nint)(&taken);
        int[] guests = new int[threads], clashes = new int[threads];
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            for (var n = 0; n < 20_000; n++)
            {
                var room = Rooms.Take((int*)address);
                if (room >= threads || Interlocked.Increment(ref guests[room]) > 1)
                    clashes[thread]++;
                if (room < threads)
                    Interlocked.Decrement(ref guests[room]);
                Rooms.Return((int*)address, room);
            }
        });
        Assert.All(clashes, count => Assert.Equal(0, count));
    }
}
