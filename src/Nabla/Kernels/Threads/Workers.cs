using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Nabla.Kernels;

/// <summary>One piece of work that is cut into numbered parts, each of which writes its own part of the result.</summary>
internal interface IParts
{
    /// <summary>Does part <paramref name="index"/>.</summary>
    public void Run(int index);
}

/// <summary>
/// The threads that share a kernel's work. They share tiles of the result and never a sum, so a result does not depend on
/// how many there are.
/// </summary>
/// <remarks>
/// The threads persist. After a piece of work they spin for a moment, since the next kernel of a training step comes within
/// microseconds, then sleep until they are woken. A kernel that finds the pool in use (two networks trained at once, say)
/// does its work alone rather than wait. Nothing is allocated after the threads have started.
/// </remarks>
internal static unsafe class Workers
{
    private const long Open = 1L << 16;                 // gate: work is being given out; below it: how many have joined
    private const long Offered = 0;                     // in place of a gate: there is no shared work, but an offer
    private const long Generation = 1L << 17;           // gate: above it: which piece of work this is

    private static readonly long spinTime = Stopwatch.Frequency / 10_000;       // a tenth of a millisecond: longer than a step of the smallest networks
    private static readonly Lock starting = new();
    private static readonly object bell = new();        // rings when there is work
    private static readonly object rest = new();        // where threads wait that are more than are wanted now
    private static int threads = Environment.ProcessorCount;
    private static int started;                         // threads that exist beside the caller
    private static int asleep;
    private static int inUse;

    private static long gate;
    private static long untaken;                        // parts that nobody has: from the number in its lower half to below that in its upper half
    private static void* work;
    private static delegate*<void*, int, void> run;
    private static Exception? failure;
    private static BackgroundWork? offer;                    // done by a thread that finds nothing else

    /// <summary>How many threads work on one kernel, the calling one included.</summary>
    public static int Threads
    {
        get => threads;
        set
        {
            if (value is < 1 or > 1024)
                throw new ArgumentOutOfRangeException(
                    nameof(value), value, "The number of threads must be from 1 to 1024.");
            threads = value;
            lock (rest)
                Monitor.PulseAll(rest);
        }
    }

    /// <summary>Runs every part of <paramref name="parts"/>, in any order, on the threads there are.</summary>
    public static void Run<TParts>(TParts parts, int partCount) where TParts : struct, IParts
    {
        if (partCount > 1 && threads > 1 && Interlocked.CompareExchange(ref inUse, 1, 0) == 0)
        {
            try
            {
                Share(&RunPart<TParts>, Unsafe.AsPointer(ref parts), partCount);
            }
            finally
            {
                Volatile.Write(ref inUse, 0);
            }
            return;
        }
        for (var i = 0; i < partCount; i++)
            parts.Run(i);
    }

    /// <summary>The same, or, unless it is <paramref name="shared"/>, on the calling thread alone.</summary>
    public static void Run<TParts>(TParts parts, int partCount, bool shared) where TParts : struct, IParts
    {
        if (shared)
            Run(parts, partCount);
        else
            for (var i = 0; i < partCount; i++)
                parts.Run(i);
    }

    /// <summary>Runs <paramref name="body"/> for 0 … <paramref name="partCount"/> − 1, in any order.</summary>
    public static void ForEach(int partCount, Action<int> body) => Run(new Delegated(body), partCount);

    /// <summary>Offers a piece of work to the threads that have nothing else to do. If there are none, it is left as it is.</summary>
    public static void Offer(BackgroundWork work)
    {
        if (threads == 1)
            return;
        if (started < threads - 1)
            Start();
        Interlocked.Exchange(ref offer, work);
        Ring();
    }

    /// <summary>Takes an offer back, so that nothing is kept alive by it.</summary>
    public static void Withdraw(BackgroundWork work) => Interlocked.CompareExchange(ref offer, null, work);

    /// <summary>
    /// Does two things at the same time that are long and not kernels, such as reading files: the first on the calling thread, the second on
    /// one of its own, so that the kernels of both find the threads as usual. With one thread, one after the other.
    /// </summary>
    /// <remarks>If both fail, the first one's failure is thrown, however fast each was.</remarks>
    public static void Both(Action first, Action second)
    {
        if (threads == 1)
        {
            first();
            second();
            return;
        }
        Exception? failed = null;
        var other = new Thread(() =>
        {
            try
            {
                second();
            }
            catch (Exception e)
            {
                failed = e;
            }
        })
        { IsBackground = true, Name = "Nabla second task" };
        other.Start();
        try
        {
            first();
        }
        finally
        {
            other.Join();
        }
        if (failed is not null)
            ExceptionDispatchInfo.Throw(failed);
    }

    private readonly struct Delegated(Action<int> body) : IParts
    {
        public void Run(int index) => body(index);
    }

    private static void RunPart<TParts>(void* parts, int index) where TParts : struct, IParts =>
        Unsafe.AsRef<TParts>(parts).Run(index);

    private static void Share(delegate*<void*, int, void> runPart, void* parts, int partCount)
    {
        if (started < threads - 1)
            Start();
        run = runPart;
        work = parts;
        untaken = (long)partCount << 32;
        failure = null;
        Interlocked.Add(ref gate, Generation | Open);
        Ring();

        TakeParts(fromFront: true);
        Interlocked.Add(ref gate, -Open);               // nobody joins any more; wait for those who have
        var spin = 0;
        while ((Volatile.Read(ref gate) & (Open - 1)) != 0)
            if (++spin % 1024 == 0)
                Thread.Yield();                         // a joined thread may have lost its processor to another program
            else
                Thread.SpinWait(1);
        if (failure is { } thrown)
            ExceptionDispatchInfo.Throw(thrown);
    }

    /// <summary>Wakes the threads that sleep.</summary>
    private static void Ring()
    {
        if (Volatile.Read(ref asleep) > 0)
            lock (bell)
                Monitor.PulseAll(bell);
    }

    /// <summary>
    /// Does parts until there are none. The calling thread takes them from the front, the next from the back, and so on: each works
    /// mostly on the same numbers from kernel to kernel and from step to step, and finds them in its own cache.
    /// </summary>
    private static void TakeParts(bool fromFront)
    {
        try
        {
            while (Take(fromFront, out var part))
                run(work, part);
        }
        catch (Exception e)
        {
            failure = e;
            Interlocked.Exchange(ref untaken, 0);
        }
    }

    private static bool Take(bool fromFront, out int part)
    {
        while (true)
        {
            var seen = Volatile.Read(ref untaken);
            int front = (int)seen, end = (int)(seen >> 32);
            part = fromFront ? front : end - 1;
            if (front >= end)
                return false;
            if (Interlocked.CompareExchange(ref untaken, fromFront ? seen + 1 : seen - (1L << 32), seen) == seen)
                return true;
        }
    }

    private static void Start()
    {
        lock (starting)
            for (; started < threads - 1; started++)
            {
                var number = started;
                new Thread(() => Work(number)) { IsBackground = true, Name = "Nabla worker " + (number + 1) }.Start();
            }
    }

    private static void Work(int number)
    {
        var seen = -1L;
        while (true)
        {
            lock (rest)
                while (number >= threads - 1)
                    Monitor.Wait(rest);
            var state = AwaitWork(ref seen);
            if (state == Offered)
            {
                TakeOffer();
            }
            else if (number < threads - 1 && Join(state))
            {
                TakeParts(fromFront: number % 2 == 1);
                Interlocked.Decrement(ref gate);
            }
        }
    }

    private static void TakeOffer()
    {
        if (Volatile.Read(ref offer) is not { } work)
            return;
        work.DoParts();
        if (!work.IsWanted)                             // it may have been started anew already
            Withdraw(work);
    }

    /// <summary>Spins, then sleeps, until there is a piece of work that this thread has not seen, or an offer.</summary>
    private static long AwaitWork(ref long seen)
    {
        var since = Stopwatch.GetTimestamp();           // not a number of rounds: .NET adjusts how long one takes while the program runs
        do
        {
            if (IsNew(Volatile.Read(ref gate), ref seen, out var state))
                return state;
            Thread.SpinWait(4);
        }
        while (Stopwatch.GetTimestamp() - since < spinTime);
        lock (bell)
        {
            Interlocked.Increment(ref asleep);
            try
            {
                while (true)
                {
                    if (IsNew(Volatile.Read(ref gate), ref seen, out var state))
                        return state;
                    Monitor.Wait(bell);
                }
            }
            finally
            {
                Interlocked.Decrement(ref asleep);
            }
        }
    }

    private static bool IsNew(long value, ref long seen, out long state)
    {
        state = value;
        if ((value & Open) == 0 || value / Generation == seen)
        {
            state = Offered;
            return Volatile.Read(ref offer) is { IsWanted: true };
        }
        seen = value / Generation;
        return true;
    }

    /// <summary>Joins the piece of work that <paramref name="state"/> shows, unless it has closed meanwhile.</summary>
    private static bool Join(long state)
    {
        while ((state & Open) != 0)
        {
            var found = Interlocked.CompareExchange(ref gate, state + 1, state);
            if (found == state)
                return true;
            if (found / Generation != state / Generation)
                return false;
            state = found;
        }
        return false;
    }
}
