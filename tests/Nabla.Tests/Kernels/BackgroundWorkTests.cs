using Nabla.Kernels;

namespace Nabla.Tests.Kernels;

[Collection(Machine.Name)]
public sealed class BackgroundWorkTests : MachineTests
{
    [Fact]
    public void Another_thread_does_the_work_while_this_one_is_busy()
    {
        Workers.Threads = 2;
        using var done = new ManualResetEventSlim();
        var who = 0;
        var work = new BackgroundWork(_ =>
        {
            who = Environment.CurrentManagedThreadId;
            done.Set();
        });
        for (var round = 0; round < 5; round++)
        {
            Thread.Sleep(5);                                    // long enough for the other thread to fall asleep
            done.Reset();
            work.Start(offered: true);
            Assert.True(done.Wait(TimeSpan.FromSeconds(30)), "No thread took the offer.");
            work.Finish();
            Assert.NotEqual(Environment.CurrentManagedThreadId, who);
        }
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void The_caller_does_the_work_if_no_other_thread_has(int threads, bool offered)
    {
        Workers.Threads = threads;
        var who = 0;
        var work = new BackgroundWork(_ => who = Environment.CurrentManagedThreadId);
        work.Start(offered);
        Thread.Sleep(5);
        Assert.Equal(0, who);
        work.Finish();
        Assert.Equal(Environment.CurrentManagedThreadId, who);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void The_work_is_done_once_however_often_it_is_finished_and_whatever_runs_in_between(int threads)
    {
        Workers.Threads = threads;
        int done = 0, expected = 0;
        var work = new BackgroundWork(_ => done++);
        work.Finish();                                          // not started: nothing to do
        for (var round = 0; round < 20_000; round++)
        {
            work.Start(offered: round % 3 > 0);
            var parts = new int[4];
            if (round % 5 == 0)
                Workers.ForEach(4, i => parts[i]++);
            work.Finish();
            work.Finish();
            Assert.Equal(++expected, done);
            Assert.Equal(round % 5 == 0 ? 4 : 0, parts.Sum());
        }
    }

    [Fact]
    public void Abandoned_work_is_not_done_later_and_can_be_started_again()
    {
        Workers.Threads = 2;
        var done = 0;
        var work = new BackgroundWork(_ => done++);
        work.Start(offered: false);
        work.Abandon();
        work.Finish();
        Assert.Equal(0, done);
        for (var round = 0; round < 1000; round++)
        {
            work.Start(offered: true);
            work.Abandon();                                     // if the work is under way, this waits for it
            var before = done;
            Thread.SpinWait(10);
            Assert.Equal(before, done);
        }
        work.Start(offered: true);
        work.Finish();
        Assert.True(done > 0);
    }

    [Fact]
    public void Two_works_at_once_and_a_change_of_threads_in_between_lose_nothing()
    {
        int first = 0, second = 0;
        BackgroundWork one = new(_ => first++), other = new(_ => second++);
        for (var round = 1; round <= 2000; round++)
        {
            Workers.Threads = 3;
            one.Start(offered: true);
            other.Start(offered: true);                         // replaces the first offer
            if (round % 2 == 0)
                Workers.Threads = 1;
            one.Finish();
            other.Finish();
            Assert.Equal((round, round), (first, second));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void An_exception_is_thrown_where_the_work_is_needed_and_a_new_start_is_clean(int threads)
    {
        Workers.Threads = threads;
        var fails = true;
        var work = new BackgroundWork(_ =>
        {
            if (fails)
                throw new InvalidDataException("as expected");
        });
        work.Start(offered: true);
        Assert.Equal("as expected", Assert.Throws<InvalidDataException>(work.Finish).Message);
        fails = false;
        work.Start(offered: true);
        work.Finish();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Each_part_is_done_once_whichever_thread_does_it(int threads)
    {
        Workers.Threads = threads;
        var done = new int[20];
        var work = new BackgroundWork(part => Interlocked.Increment(ref done[part]));
        for (var round = 1; round <= 20_000; round++)
        {
            var parts = round % done.Length + 1;
            Array.Clear(done);
            work.Start(offered: round % 3 > 0, parts);
            if (round % 5 == 0)
                Workers.ForEach(4, _ => { });
            if (round % 7 == 0)
                work.Abandon();                                 // some parts are done, none twice
            work.Finish();
            Assert.All(done[parts..], count => Assert.Equal(0, count));
            Assert.All(done[..parts], count => Assert.InRange(count, round % 7 == 0 ? 0 : 1, 1));
        }
    }

    [Fact]
    public void Several_threads_do_parts_at_the_same_time()
    {
        Workers.Threads = 3;
        using var together = new Barrier(3);
        var work = new BackgroundWork(
            _ => Assert.True(together.SignalAndWait(TimeSpan.FromSeconds(30)), "No other thread took a part."));
        for (var round = 0; round < 2000; round++)              // many: each starts while threads still leave the last
        {
            work.Start(offered: true, parts: 3);
            work.Finish();
        }
    }

    [Fact]
    public void No_more_threads_take_an_offer_than_are_wanted()
    {
        Workers.Threads = 8;
        Workers.ForEach(100, _ => Thread.Sleep(0));             // all have started
        Workers.Threads = 2;
        var who = new System.Collections.Concurrent.ConcurrentDictionary<int, int>();
        var work = new BackgroundWork(_ => who.TryAdd(Environment.CurrentManagedThreadId, 0));
        for (var round = 0; round < 100; round++)
        {
            work.Start(offered: true, parts: 20);
            work.Finish();
        }
        Assert.InRange(who.Count, 1, 2);
    }

    [Fact]
    public void A_part_that_fails_does_not_stop_the_others()
    {
        Workers.Threads = 2;
        var done = 0;
        var work = new BackgroundWork(part =>
        {
            if (part == 1)
                throw new InvalidDataException("as expected");
            Interlocked.Increment(ref done);
        });
        work.Start(offered: true, parts: 5);
        Assert.Throws<InvalidDataException>(work.Finish);
        Assert.Equal(4, done);
    }
}
