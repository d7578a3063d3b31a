using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Nabla.Kernels;

/// <summary>A piece of work that is cut into numbered parts, each of which writes its own part of the result.</summary>
internal interface IParts
{
    /// <summary>Does part <paramref name="index"/>.</summary>
    public void Run(int index);
}

/// <summary>
/// The threads that share the work of a kernel: fork and join. They share tiles of the result and never a sum, so a
/// result does not depend on how many there are.
/// </summary>
/// <remarks>
/// The threads persist. After a piece of work they spin for a moment, since the next kernel of a training step comes
/// within microseconds; then they sleep until they are woken. A kernel that finds the threads in use (two networks are
/// trained at once, for example) does its work alone rather than wait. Nothing is allocated after the threads have
/// started.
/// </remarks>
internal static unsafe class Workers
{
    private const long Open = 1L << 16;                 // bit of the gate: work is given out; below it: how many joined
    private const long Generation = 1L << 17;           // of the gate, from this bit on: which piece of work this is
    private const long Offered = 0;                     // instead of a gate: there is no shared work, but an offer

    private static readonly long spinTime = Stopwatch.Frequency / 10_000;       // 0.1 ms: longer than a small step
    private static readonly Lock starting = new();
    private static readonly object wakeUp = new();      // the monitor of threads that sleep until there is work
    private static readonly object surplus = new();     // the monitor of threads beyond the number that is wanted
    private static int threads = Environment.ProcessorCount;
    private static int started;                         // threads that exist, besides the caller
    private static int asleep;
    private static int inUse;

    private static long gate;
    private static long untaken;                        // parts not taken: from its lower half to below its upper half
    private static void* work;
    private static delegate*<void*, int, void> run;
    private static Exception? failure;
    private static BackgroundWork? offer;               // for threads that find nothing else to do

    /// <summary>How many threads work on one kernel, including the calling one.</summary>
    public static int Threads
    {
        get => threads;
        set
        {
            if (value is < 1 or > 1024)
                throw new ArgumentOutOfRangeException(
                    nameof(value), value, "The number of threads must be from 1 to 1024.");
            threads = value;
            lock (surplus)
                Monitor.PulseAll(surplus);
        }
    }

    /// <summary>Runs every part of <paramref name="parts"/>, in any order, on all threads.</summary>
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

    /// <summary>The same if <paramref name="shared"/>, otherwise on the calling thread alone.</summary>
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

    /// <summary>
    /// Offers a piece of work to the threads that have nothing else to do. The offer stands until it is withdrawn, or
    /// until another one replaces it. With one thread, nothing happens.
    /// </summary>
    public static void Offer(BackgroundWork work)
    {
        if (threads == 1)
            return;
        if (started < threads - 1)
            Start();
        Interlocked.Exchange(ref offer, work);
        WakeUp();
    }

    /// <summary>
    /// Withdraws an offer, so that it keeps nothing alive. Only the code that made the offer may do so: any other
    /// thread might withdraw the next offer of the same work instead.
    /// </summary>
    public static void Withdraw(BackgroundWork work) => Interlocked.CompareExchange(ref offer, null, work);

    /// <summary>
    /// Does two long things at the same time that are not kernels, such as reading files: the first on the calling
    /// thread, the second on a new one, so that the kernels of both find the shared threads as usual. With one thread,
    /// it does one after the other.
    /// </summary>
    /// <remarks>If both fail, the exception of the first is thrown, even if the second failed earlier.</remarks>
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
        WakeUp();

        TakeParts(fromFront: true);
        Interlocked.Add(ref gate, -Open);               // closed to other threads; wait for those that joined
        var spin = 0;
        while ((Volatile.Read(ref gate) & (Open - 1)) != 0)
            if (++spin % 1024 == 0)
                Thread.Yield();                         // a joined thread may have lost its core to another program
            else
                Thread.SpinWait(1);
        if (failure is { } thrown)
            ExceptionDispatchInfo.Throw(thrown);
    }

    /// <summary>Wakes the threads that sleep.</summary>
    private static void WakeUp()
    {
        if (Volatile.Read(ref asleep) > 0)
            lock (wakeUp)
                Monitor.PulseAll(wakeUp);
    }

    /// <summary>
    /// Does parts until none is left. The calling thread takes them from the front, the next thread from the back, and
    /// so on. So each works mostly on the same values from kernel to kernel and from step to step, and finds them in
    /// its own cache.
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
            lock (surplus)
                while (number >= threads - 1)
                    Monitor.Wait(surplus);
            var state = AwaitWork(ref seen);
            if (number >= threads - 1)
                continue;
            if (state == Offered)
                DoOfferedParts();
            else if (Join(state))
            {
                TakeParts(fromFront: number % 2 == 1);
                Interlocked.Decrement(ref gate);
            }
        }
    }

    /// <summary>
    /// Has a frame of its own: a reference in that of <see cref="Work"/>, which never returns, could keep the work and
    /// its data alive while the thread sleeps.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DoOfferedParts() => Volatile.Read(ref offer)?.DoParts();

    /// <summary>Spins, then sleeps, until there is work that this thread has not seen yet, or an offer.</summary>
    private static long AwaitWork(ref long seen)
    {
        var since = Stopwatch.GetTimestamp();           // not a count of spins: .NET changes how long one takes
        do
        {
            if (IsNew(Volatile.Read(ref gate), ref seen, out var state))
                return state;
            Thread.SpinWait(4);
        }
        while (Stopwatch.GetTimestamp() - since < spinTime);
        lock (wakeUp)
        {
            Interlocked.Increment(ref asleep);
            try
            {
                while (true)
                {
                    if (IsNew(Volatile.Read(ref gate), ref seen, out var state))
                        return state;
                    Monitor.Wait(wakeUp);
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

    /// <summary>Joins the work of <paramref name="state"/>, unless it has been closed meanwhile.</summary>
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
