namespace Nabla;

/// <summary>Schedules one after the other. Each sees its part of the training as if it were all of it; the last one has what is left.</summary>
internal sealed class ScheduleSequence
{
    private readonly Schedule[] parts;                  // all but the last with a length

    private ScheduleSequence(Schedule[] parts) => this.parts = parts;

    /// <summary>One schedule, then another; either may itself be a sequence.</summary>
    public static Schedule Of(Schedule first, Schedule next)
    {
        Schedule[] parts = [.. first.Parts, .. next.Parts];
        foreach (var part in parts.AsSpan(0, parts.Length - 1))
            if (part.Length is null)
                throw new InvalidOperationException($"How long does '{part.Name}' last before the next schedule? Say so: '{part.Name} for 5', or For(5) in code.");
        var sequence = new ScheduleSequence(parts);
        return new(string.Join(" then ", parts.Select(part => part.Name)), sequence.Factor) { Parts = parts };
    }

    private double Factor(double done, double epochs, ReadOnlySpan<double> losses)
    {
        var (part, start, length) = Under(done, epochs);
        var before = Math.Min((int)start, losses.Length);       // epochs that ended before this part began
        return part.FactorWithin(done - start, length, losses[before..]);
    }

    /// <summary>The part that is under way, when it began, and how long it lasts.</summary>
    private (Schedule Part, double Start, double Length) Under(double done, double epochs)
    {
        var start = 0.0;
        foreach (var part in parts.AsSpan(0, parts.Length - 1))
        {
            var length = part.Length!.Value.Of(epochs);
            if (done < start + length)
                return (part, start, length);
            start += length;
        }
        return (parts[^1], start, epochs - start);
    }
}
