namespace Nabla.Doctor;

/// <summary>
/// Which steps are looked at: 1, 2, 3, 4, 6, 9, 13, 19 …. Each is half as far again as the one before, until two
/// looks are 256 steps apart; after 2,048 steps it is an eighth as far again, until they are 1,024 apart. Most
/// problems show at the start of a training; later, one look in a thousand steps costs little.
/// </summary>
internal struct SamplingPlan()
{
    private ulong step, next = 1;
    private int taken;

    /// <summary>How many steps there have been.</summary>
    public readonly long Steps => (long)step;

    /// <summary>How many of them were looked at.</summary>
    public readonly int Taken => taken;

    /// <summary>Counts a step, and returns whether to look at it.</summary>
    public bool Next()
    {
        if (++step < next)
            return false;
        taken++;
        next = step + Math.Clamp(step / 8, Math.Clamp(step / 2, 1, 256), 1024);
        return true;
    }

    /// <summary>Saves and restores the position.</summary>
    public void Visit(StateVisitor state)
    {
        state.Visit("step", ref step);
        state.Visit("next-look", ref next);
        state.Visit("looks", ref taken);
    }
}
