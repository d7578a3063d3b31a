using System.Runtime.ExceptionServices;

namespace Nabla.Kernels;

/// <summary>
/// A piece of work that will be needed soon, such as the next batch. Threads that have nothing else to do do it
/// meanwhile, part by part. The thread that needs it does the parts that are left.
/// </summary>
/// <remarks>
/// What a part computes must not depend on which thread does it, or when. Nothing is allocated after construction.
/// <see cref="Start"/>, <see cref="Finish"/> and <see cref="Abandon"/> must not be called at the same time.
/// </remarks>
/// <param name="part">Does one part, given its number from 0. Different parts may be done at the same time.</param>
internal sealed class BackgroundWork(Action<int> part)
{
    private int parts;                                  // of the work that is wanted now
    private int untaken;                                // parts that no thread has begun
    private int undone;                                 // parts that are not finished
    private bool started;
    private Exception? failure;

    /// <summary>Whether there are parts that no thread has begun.</summary>
    public bool IsWanted => Volatile.Read(ref untaken) > 0;

    /// <summary>
    /// Starts the work, and offers it to the other threads if <paramref name="offered"/>. It must not be started
    /// already.
    /// </summary>
    public void Start(bool offered, int parts = 1)
    {
        (this.parts, undone, started) = (parts, parts, true);
        Interlocked.Exchange(ref untaken, parts);
        if (offered)
            Workers.Offer(this);
    }

    /// <summary>Completes the work, and throws what a part threw. Does nothing if it was not started.</summary>
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

    /// <summary>Cancels the work. Returns when no thread is at it any more. What a part threw is ignored.</summary>
    public void Abandon()
    {
        Interlocked.Add(ref undone, -Interlocked.Exchange(ref untaken, 0));
        End();
        failure = null;
    }

    /// <summary>Does parts until all have been begun.</summary>
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
            index = parts - seen;                       // read now: nothing new starts until this part is done
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
