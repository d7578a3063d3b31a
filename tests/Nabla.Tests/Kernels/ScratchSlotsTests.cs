using Nabla.Kernels;

namespace Nabla.Tests.Kernels;

public sealed unsafe class ScratchSlotsTests
{
    [Fact]
    public void The_first_free_slot_is_taken()
    {
        var taken = 0;
        Assert.Equal([0, 1, 2], [ScratchSlots.Take(&taken), ScratchSlots.Take(&taken), ScratchSlots.Take(&taken)]);
        ScratchSlots.Return(&taken, 1);
        Assert.Equal([1, 3], [ScratchSlots.Take(&taken), ScratchSlots.Take(&taken)]);
        for (var scratch = 4; scratch < 32; scratch++)
            Assert.Equal(scratch, ScratchSlots.Take(&taken));
        for (var scratch = 0; scratch < 32; scratch++)
            ScratchSlots.Return(&taken, scratch);
        Assert.Equal(0, taken);
    }

    [Fact]
    public void No_two_threads_have_the_same_slot()
    {
        const int threads = 4;
        var taken = 0;
        var address = (nint)(&taken);
        int[] guests = new int[threads], clashes = new int[threads];
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            for (var n = 0; n < 20_000; n++)
            {
                var scratch = ScratchSlots.Take((int*)address);
                if (scratch >= threads || Interlocked.Increment(ref guests[scratch]) > 1)
                    clashes[thread]++;
                if (scratch < threads)
                    Interlocked.Decrement(ref guests[scratch]);
                ScratchSlots.Return((int*)address, scratch);
            }
        });
        Assert.All(clashes, count => Assert.Equal(0, count));
    }
}
