using System.Diagnostics;

namespace Nabla.Fuzz;

/// <summary>
/// Gives a reader one mutated input after another. Case n of a seed is the same every time, on any machine.
/// </summary>
internal sealed class FuzzRun(FuzzedReader reader, ulong seed)
{
    private const int MostMutations = 4, LongestMessage = 2000;

    private long caseStarted, cases, accepted;
    private FuzzFailure? failure;
    private volatile bool abandoned;

    /// <summary>
    /// A case that takes longer than this counts as a hang; it takes microseconds, but the machine may be busy.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Runs cases until the time is over or a case fails.</summary>
    public FuzzResult For(TimeSpan time)
    {
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        caseStarted = Stopwatch.GetTimestamp();
        // If it hangs, it ends with the program
        var worker = new Thread(() => Work(end)) { IsBackground = true };
        worker.Start();
        while (!worker.Join(TimeSpan.FromMilliseconds(100)))
            if (Stopwatch.GetElapsedTime(Volatile.Read(ref caseStarted)) > Patience)
            {
                abandoned = true;
                return new(cases, accepted, Failed(cases, $"hangs: it takes more than {Patience.TotalSeconds} s"));
            }
        return new(cases, accepted, failure);
    }

    /// <summary>Runs one case.</summary>
    /// <returns>The failure; null if there is none.</returns>
    public FuzzFailure? Case(long number)
    {
        var input = Input(number);
        var before = GC.GetAllocatedBytesForCurrentThread();
        string? problem = null;
        try
        {
            reader.Read(input);
            accepted++;
        }
        catch (Exception e)
        {
            if (!reader.Refuses(e))
                problem = $"throws {e}";
            else if (!reader.IsTyped && !IsFit(e.Message))
                problem = $"has a message that is not fit for a terminal: {e.Message}";
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > reader.MemoryFor(input))
            problem ??= $"allocates {allocated:N0} bytes for an input of {input.Length:N0}";
        return problem is null ? null : Failed(number, problem);
    }

    /// <summary>The input of a case. The first cases are the valid inputs, unchanged.</summary>
    public byte[] Input(long number)
    {
        if (number < reader.Valid.Count)
            return reader.Valid[(int)number];
        var random = new RandomGenerator(seed, stream: (ulong)number);
        var input = reader.Valid[random.NextInt(reader.Valid.Count)];
        var mutations = 1 + random.NextInt(MostMutations);
        for (var m = 0; m < mutations; m++)
            input = random.NextInt(4) == 0 ? ByteMutation.Of(input, random) : reader.Mutate(input, random);
        return input;
    }

    private void Work(long end)
    {
        for (; failure is null && !abandoned && (cases < reader.Valid.Count || Stopwatch.GetTimestamp() < end); cases++)
        {
            Volatile.Write(ref caseStarted, Stopwatch.GetTimestamp());
            failure = Case(cases);
            if (cases < reader.Valid.Count && accepted <= cases)
                failure ??= Failed(cases, "refuses a valid input");
        }
    }

    private static bool IsFit(string message) =>
        message.Length is > 0 and <= LongestMessage && !message.Any(c => char.IsControl(c) && c != '\n');

    private FuzzFailure Failed(long number, string problem) => new(reader.Name, seed, number, problem);
}

/// <summary>The result of a run.</summary>
/// <param name="Cases">The number of inputs.</param>
/// <param name="Accepted">The number of inputs that the reader accepted.</param>
/// <param name="Failure">The case that failed, if one did.</param>
internal sealed record FuzzResult(long Cases, long Accepted, FuzzFailure? Failure);

/// <summary>A case that failed.</summary>
internal sealed record FuzzFailure(string Reader, ulong Seed, long Case, string Problem)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Reader}, seed {Seed}, case {Case}: {Problem}\nTo repeat it, with the input as a file: " +
        $"dotnet run -c Release --project tests/Nabla.Fuzz -- {Reader} --seed {Seed} --case {Case}";
}
