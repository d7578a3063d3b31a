using System.Diagnostics;

namespace Nabla.Training;

/// <summary>Two ways to do the same in every step, of which the machine decides which is faster: both are timed for a moment, the faster is taken for a while, and so on.</summary>
/// <remarks>For ways that give the same numbers: what is timed decides on the time alone.</remarks>
internal struct FasterWay
{
    private const int LeadIn = 16, Trial = 32;          // steps: of one way that are not timed, since a thread may have to wake up; of one way in all
    private const int Until = 4096;                     // from one trial to the next

    private int step;
    private long began, firstTook;
    private bool takesSecond;

    /// <summary>Whether the next step goes the second way. To be asked once a step.</summary>
    public bool TakesSecond()
    {
        switch (step++)
        {
            case 0:
                takesSecond = false;
                break;
            case LeadIn or Trial + LeadIn:
                began = Stopwatch.GetTimestamp();
                break;
            case Trial:
                firstTook = Stopwatch.GetTimestamp() - began;
                takesSecond = true;
                break;
            case 2 * Trial:
                takesSecond = Stopwatch.GetTimestamp() - began < firstTook;
                break;
            case Until:
                step = 0;
                break;
        }
        return takesSecond;
    }

    /// <summary>Something else comes between two steps, which must not be timed: a trial that was under way begins anew.</summary>
    public void Pause() => step = step <= 2 * Trial ? 0 : step;
}
