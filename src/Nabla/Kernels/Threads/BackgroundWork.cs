using System.Runtime.ExceptionServices;

namespace Nabla.Kernels;

/// <summary>
/// A piece of work that will be needed soon, such as the next batch: threads of the pool that have nothing else to do do it meanwhile, part by part;
/// what nobody has begun when it is needed, whoever needs it does.
/// </summary>
/// <remarks>What a part computes must not depend on who does it, nor when. Nothing is allocated after it has been made.</remarks>
/// <param name="part">Does one part, given its number from 0; different parts may be done at the same time.</param>
internal sealed class BackgroundWork(Action<int> part)
{
    private int parts;                                  // of the work that is wanted now
    private int untaken;                                // parts that nobody has begun
    private int undone;                                 // parts that are not finished
    private bool started;
    private Exception? failure;

    /// <summary>Whether there are parts that wait for somebody to begin.</summary>
    public bool IsWanted => Volatile.Read(ref untaken) > 0;

    /// <summary>Says that it will be needed, and offers it to the other threads if <paramref name="offered"/>. It must not be started already.</summary>
    public void Start(bool offered, int parts = 1)
    {
        (this.parts, undone, started) = (parts, parts, true);
        Interlocked.Exchange(ref untaken, parts);
        if (offered)
            Workers.Offer(this);
    }

    /// <summary>Returns when it is done, and throws what it threw. If it was not started, there is nothing to do.</summary>
    public void Finish()
    {
        if (!started)
            return;
        DoParts();
        End();
        if (failure is { } thrown)
        {
            failure = null;
            ExceptionDispatchInfo.Throw(thrown);
        }
    }

    /// <summary>Says that it is not needed after all. Returns when nobody is at it any more; what it threw is forgotten.</summary>
    public void Abandon()
    {
        Interlocked.Add(ref undone, -Interlocked.Exchange(ref untaken, 0));
        End();
        failure = null;
    }

    /// <summary>Does parts until there are none that nobody has begun.</summary>
    public void DoParts()
    {
        while (Take(out var index))
        {
            try
            {
                part(index);
            }
            catch (Exception e)
            {
                failure = e;
            }
            Interlocked.Decrement(ref undone);
        }
    }

    private bool Take(out int index)
    {
        while (true)
        {
            var seen = Volatile.Read(ref untaken);
            index = -1;
            if (seen == 0)
                return false;
            if (Interlocked.CompareExchange(ref untaken, seen - 1, seen) != seen)
                continue;
            index = parts - seen;                       // read now: until this part is done, nothing new is started
            return true;
        }
    }

    private void End()
    {
        for (var spin = 1; Volatile.Read(ref undone) > 0; spin++)
            if (spin % 1024 == 0)
                Thread.Yield();
            else
                Thread.SpinWait(1);
        Workers.Withdraw(this);
        started = false;
    }
}
