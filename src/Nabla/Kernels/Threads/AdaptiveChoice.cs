using System.Diagnostics;

namespace Nabla.Kernels;

/// <summary>
/// Chooses between two ways to do the same thing in every step: each is timed for some steps, then the faster one is
/// taken for a while, again and again.
/// </summary>
/// <remarks>Only for ways that give the same results, because the choice depends on the clock.</remarks>
internal struct AdaptiveChoice()
{
    private const int LeadIn = 16;                      // steps that are not timed: a thread may have to wake up
    private const int Trial = 32;                       // steps of a trial of one way

    /// <summary>
    /// Steps from one trial to the next: few at first, while code is still being compiled, then twice as many each
    /// time.
    /// </summary>
    private const int Soonest = 256, Latest = 4096;

    private int step, untilNext = Soonest;
    private long last, firstTook, secondTook;
    private bool takesSecond, paused;

    /// <summary>Whether the next step takes the second way. Must be called once per step.</summary>
    public bool TakesSecond()
    {
        if (step <= 2 * Trial)
            Time();
        if (++step == untilNext)
            (step, untilNext, firstTook, secondTook) = (0, Math.Min(2 * untilNext, Latest), 0, 0);
        return takesSecond;
    }

    /// <summary>Leaves out of the timing whatever comes before the next step.</summary>
    public void Pause() => paused = true;

    private void Time()
    {
        var now = Stopwatch.GetTimestamp();
        if (!paused && step is > LeadIn and <= Trial)
            firstTook += now - last;
        else if (!paused && step > Trial + LeadIn)
            secondTook += now - last;
        (last, paused) = (now, false);
        takesSecond = step is >= Trial and < 2 * Trial || (step == 2 * Trial && secondTook < firstTook);
    }
}
