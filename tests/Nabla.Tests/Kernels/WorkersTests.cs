using Nabla.Kernels;

namespace Nabla.Tests.Kernels;

[Collection(Machine.Name)]
public sealed class WorkersTests : MachineTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Each_part_is_done_exactly_once(int threads)
    {
        Workers.Threads = threads;
        foreach (var parts in (ReadOnlySpan<int>)[0, 1, 2, 3, 7, 100, 10_000])
        {
            var done = new int[parts];
            Workers.ForEach(parts, i => Interlocked.Increment(ref done[i]));
            Assert.All(done, count => Assert.Equal(1, count));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Two_long_tasks_are_both_done(int threads)
    {
        Workers.Threads = threads;
        using var met = new Barrier(threads);                   // with two threads, each waits for the other to begin
        var done = new int[2];
        Workers.Both(() => Do(0), () => Do(1));
        Assert.Equal([1, 1], done);

        void Do(int which)
        {
            Assert.True(met.SignalAndWait(TimeSpan.FromSeconds(30)), "The other one did not begin.");
            done[which]++;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Of_two_failures_the_first_tasks_is_thrown_even_if_the_second_was_faster(int threads)
    {
        Workers.Threads = threads;
        using var failed = new ManualResetEventSlim(threads == 1);
        void First()
        {
            Assert.True(failed.Wait(TimeSpan.FromSeconds(30)));
            throw new InvalidDataException("first");
        }
        void Second()
        {
            failed.Set();
            throw new InvalidDataException("second");
        }
        Assert.Equal("first", Assert.Throws<InvalidDataException>(() => Workers.Both(First, Second)).Message);
        Assert.Equal("second", Assert.Throws<InvalidDataException>(() => Workers.Both(() => { }, Second)).Message);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Many_small_jobs_are_all_finished_when_the_call_returns(int threads)
    {
        Workers.Threads = threads;
        var sums = new long[16];
        for (var job = 1; job <= 20_000; job++)
        {
            var parts = 2 + job % 15;
            Workers.ForEach(parts, i => sums[i] += job);        // one thread per part; the next job sees what it wrote
        }
        var expected = new long[16];
        for (var job = 1; job <= 20_000; job++)
            for (var i = 0; i < 2 + job % 15; i++)
                expected[i] += job;
        Assert.Equal(expected, sums);
    }

    [Fact]
    public void Jobs_after_a_pause_wake_the_sleeping_threads()
    {
        Workers.Threads = 3;
        for (var job = 0; job < 20; job++)
        {
            Thread.Sleep(5);                                    // long enough to fall asleep
            using var met = new Barrier(2);
            Workers.ForEach(2, _ => Assert.True(
                met.SignalAndWait(TimeSpan.FromSeconds(30)), "No other thread took the other part."));
        }
    }

    [Fact]
    public void Several_threads_share_the_work()
    {
        Workers.Threads = 3;
        var who = new int[3];
        using var met = new Barrier(3);
        Workers.ForEach(3, i =>
        {
            who[i] = Environment.CurrentManagedThreadId;
            Assert.True(met.SignalAndWait(TimeSpan.FromSeconds(30)), "Fewer than three threads work.");
        });
        Assert.Equal(3, who.Distinct().Count());
        Assert.Contains(Environment.CurrentManagedThreadId, who);
    }

    [Fact]
    public void The_call_returns_when_the_slowest_thread_is_done()
    {
        Workers.Threads = 2;
        var caller = Environment.CurrentManagedThreadId;
        for (var job = 0; job < 10; job++)
        {
            var done = 0;
            using var met = new Barrier(2);
            Workers.ForEach(2, _ =>
            {
                Assert.True(met.SignalAndWait(TimeSpan.FromSeconds(30)), "No other thread took the other part.");
                if (Environment.CurrentManagedThreadId != caller)
                    Thread.Sleep(10);
                Interlocked.Increment(ref done);
            });
            Assert.Equal(2, Volatile.Read(ref done));
        }
    }

    [Fact]
    public void Simultaneous_callers_all_get_their_own_work_done()
    {
        Workers.Threads = 3;
        using var start = new Barrier(6);
        var failures = 0;
        Thread[] callers = [.. Enumerable.Range(0, 6).Select(caller => new Thread(() =>
        {
            start.SignalAndWait();
            for (var job = 0; job < 2_000; job++)
            {
                var done = new int[5];
                Workers.ForEach(done.Length, i => done[i] += 1 + caller);
                if (done.Any(value => value != 1 + caller))
                    Interlocked.Increment(ref failures);
            }
        }))];
        foreach (var caller in callers)
            caller.Start();
        foreach (var caller in callers)
            Assert.True(caller.Join(TimeSpan.FromSeconds(60)), "A caller waits for ever.");
        Assert.Equal(0, failures);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void An_exception_surfaces_and_leaves_the_threads_usable(int threads)
    {
        Workers.Threads = threads;
        for (var job = 0; job < 200; job++)
        {
            var error = Assert.Throws<InvalidOperationException>(() => Workers.ForEach(20, i =>
            {
                if (i == 13)
                    throw new InvalidOperationException("Thirteen.");
            }));
            Assert.Equal("Thirteen.", error.Message);
            var done = new int[20];
            Workers.ForEach(20, i => Interlocked.Increment(ref done[i]));
            Assert.All(done, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void Work_within_work_is_done()
    {
        Workers.Threads = 3;
        var done = new int[7 * 7];
        Workers.ForEach(7, i => Workers.ForEach(7, j => Interlocked.Increment(ref done[7 * i + j])));
        Assert.All(done, count => Assert.Equal(1, count));
    }

    [Fact]
    public void The_number_of_threads_may_change_between_jobs()
    {
        var done = new int[9];
        for (var job = 0; job < 3_000; job++)
        {
            Workers.Threads = 1 + job * 7 % 8;
            Workers.ForEach(done.Length, i => done[i]++);
        }
        Assert.All(done, count => Assert.Equal(3_000, count));
    }

    [Fact]
    public void No_more_threads_work_than_requested()
    {
        Workers.Threads = 8;
        Workers.ForEach(100, _ => Thread.Sleep(0));             // all have started
        Workers.Threads = 2;
        var who = new System.Collections.Concurrent.ConcurrentDictionary<int, int>();
        for (var job = 0; job < 100; job++)
            Workers.ForEach(20, _ => who.TryAdd(Environment.CurrentManagedThreadId, 0));
        Assert.InRange(who.Count, 1, 2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1025)]
    public void A_number_of_threads_that_makes_no_sense_is_refused(int threads)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Workers.Threads = threads);
        Assert.StartsWith("The number of threads must be from 1 to 1024.", error.Message, StringComparison.Ordinal);
    }
}
