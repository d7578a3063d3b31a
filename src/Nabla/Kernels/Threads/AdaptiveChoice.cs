using System.Diagnostics;

namespace Nabla.Kernels;

/// <summary>Chooses between two ways to do the same in every step: for some steps each is timed, then the faster is taken for a while, and so on.</summary>
/// <remarks>Only for ways that give the same numbers: which one is taken depends on the clock.</remarks>
internal struct AdaptiveChoice()
{
    private const int LeadIn = 16, Trial = 32;          // steps of one way that are not timed, since a thread may have to wake up; all steps of one way
    private const int Soonest = 256, Latest = 4096;     // steps from one trial to the next: soon at first, while much is still being compiled, then twice as many each time

    private int step, untilNext = Soonest;
    private long last, firstTook, secondTook;
    private bool takesSecond, paused;

    /// <summary>Whether the next step goes the second way. To be asked once a step.</summary>
    public bool TakesSecond()
    {
        if (step <= 2 * Trial)
            Time();
        if (++step == untilNext)
            (step, untilNext, firstTook, secondTook) = (0, Math.Min(2 * untilNext, Latest), 0, 0);
        return takesSecond;
    }

    /// <summary>Something else comes before the next step, which is not to be timed.</summary>
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
