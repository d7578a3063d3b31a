using System.Diagnostics;

namespace Nabla.Steps;

/// <summary>Something to measure.</summary>
/// <param name="Name">What to call it in a table.</param>
/// <param name="Run">What is timed.</param>
/// <param name="Before">Runs before each run and is not timed. If it is given, every run is timed alone.</param>
internal sealed record Entrant(string Name, Action Run, Action? Before = null)
{
    private readonly List<double> samples = [];

    /// <summary>The seconds of the fastest sample: other programs can only make it slower.</summary>
    public double Best => samples.Min();

    /// <summary>The seconds of the median sample.</summary>
    public double Median => samples.Order().ElementAt(samples.Count / 2);

    /// <summary>Times runs for at least this long. Keeps the times, unless it is only to warm up.</summary>
    public void Sample(double seconds, bool keep)
    {
        const double shortest = 100e-6;                 // of a sample: enough runs that the clock does not matter
        var runs = 1;
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started).TotalSeconds < seconds;)
        {
            Before?.Invoke();
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < runs; i++)
                Run();
            var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (elapsed < shortest && Before is null)
                runs *= 2;
            else if (keep)
                samples.Add(elapsed / runs);
        }
    }
}

/// <summary>
/// Measures several things alternately, round after round, so that all of them see the machine alike, at its best and
/// at its worst.
/// </summary>
internal static class Turns
{
    public static void Take(IReadOnlyCollection<Entrant> entrants, int rounds, double seconds)
    {
        for (var round = -1; round < rounds; round++)   // the first round warms up
            foreach (var entrant in entrants)
                entrant.Sample(seconds, keep: round >= 0);
    }
}
