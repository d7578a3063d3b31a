namespace Nabla;

/// <summary>Schedules one after the other. Each treats its part of the training as if it were all of it;
/// the last one gets the rest.</summary>
internal sealed class ScheduleSequence
{
    private readonly Schedule[] parts;                  // all but the last have a length

    private ScheduleSequence(Schedule[] parts) => this.parts = parts;

    /// <summary>Creates a sequence of two schedules; either may itself be a sequence.</summary>
    public static Schedule Of(Schedule first, Schedule next)
    {
        Schedule[] parts = [.. first.Parts, .. next.Parts];
        foreach (var part in parts.AsSpan(0, parts.Length - 1))
            if (part.Length is null)
                throw new InvalidOperationException(
                    $"'{part.Name}' has no length, but another schedule follows it. "
                    + $"Give it one: '{part.Name} for 5', or For(5) in code.");
        var sequence = new ScheduleSequence(parts);
        return new(string.Join(" then ", parts.Select(part => part.Name)), sequence.Factor) { Parts = parts };
    }

    private double Factor(double done, double epochs, ReadOnlySpan<double> losses)
    {
        var (part, start, length) = PartAt(done, epochs);
        var before = Math.Min((int)start, losses.Length);       // epochs that ended before this part began
        return part.FactorWithin(done - start, length, losses[before..]);
    }

    /// <summary>Returns the current part, when it began, and how long it lasts.</summary>
    private (Schedule Part, double Start, double Length) PartAt(double done, double epochs)
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
