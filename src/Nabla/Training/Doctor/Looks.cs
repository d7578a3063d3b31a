namespace Nabla.Training.Doctor;

/// <summary>
/// Which steps are looked at: 1, 2, 3, 4, 6, 9, 13, 19 …, each half as far again as the one before, and at the end every 256th. Much goes wrong at the start
/// of a training; later, one look in 256 steps costs little.
/// </summary>
internal struct Looks()
{
    private const long MostBetween = 256;

    private long step, next = 1;

    /// <summary>How many steps there have been.</summary>
    public readonly long Steps => step;

    /// <summary>How many of them were looked at.</summary>
    public int Taken { get; private set; }

    /// <summary>Counts a step, and says whether to look at it.</summary>
    public bool Next()
    {
        if (++step < next)
            return false;
        Taken++;
        next = step + Math.Clamp(step / 2, 1, MostBetween);
        return true;
    }
}
