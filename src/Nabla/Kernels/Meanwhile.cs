using System.Runtime.ExceptionServices;

namespace Nabla.Kernels;

/// <summary>
/// A piece of work that will be needed soon, such as the next batch: a thread of the pool that has nothing else to do does it meanwhile;
/// if none has begun when it is needed, whoever needs it does it.
/// </summary>
/// <remarks>What it computes must not depend on who does it, nor when. Nothing is allocated after it has been made.</remarks>
internal sealed class Meanwhile(Action work)
{
    private const int Idle = 0, Wanted = 1, Begun = 2, Done = 3;

    private int state;
    private Exception? failure;

    /// <summary>Whether it waits for somebody to begin.</summary>
    public bool IsWanted => Volatile.Read(ref state) == Wanted;

    /// <summary>Says that it will be needed, and offers it to the other threads if <paramref name="offered"/>. It must not be started already.</summary>
    public void Start(bool offered)
    {
        Interlocked.Exchange(ref state, Wanted);
        if (offered)
            Workers.Offer(this);
    }

    /// <summary>Returns when it is done, and throws what it threw. If it was not started, there is nothing to do.</summary>
    public void Finish()
    {
        if (state == Idle)
            return;
        if (!TryDo())
            Await();
        Workers.Withdraw(this);
        state = Idle;
        if (failure is { } thrown)
        {
            failure = null;
            ExceptionDispatchInfo.Throw(thrown);
        }
    }

    /// <summary>Says that it is not needed after all. Returns when nobody is at it any more; what it threw is forgotten.</summary>
    public void Abandon()
    {
        Interlocked.CompareExchange(ref state, Idle, Wanted);
        if (state != Idle)
            Await();
        Workers.Withdraw(this);
        (state, failure) = (Idle, null);
    }

    private void Await()
    {
        for (var spin = 1; Volatile.Read(ref state) != Done; spin++)
            if (spin % 1024 == 0)
                Thread.Yield();
            else
                Thread.SpinWait(1);
    }

    /// <summary>Does it, unless it is not wanted or somebody has begun.</summary>
    public bool TryDo()
    {
        if (Interlocked.CompareExchange(ref state, Begun, Wanted) != Wanted)
            return false;
        try
        {
            work();
        }
        catch (Exception e)
        {
            failure = e;
        }
        Volatile.Write(ref state, Done);
        return true;
    }
}
