using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Nabla;
using Nabla.Benchmarks;
using Nabla.Steps;

// Measures each step from the triple loop to the library:
//     dotnet run -c Release --project benchmarks/Nabla.Steps [-- SIZE]
// docs/how-it-is-fast.md explains the steps, and quotes what this prints.
var given = 1024;
if (args.Length > 1
    || (args.Length == 1 && !(int.TryParse(args[0], NumberStyles.None, null, out given) && given is > 0 and <= 8192)))
{
    Console.Error.WriteLine("Expected nothing, or the size of the matrices, from 1 to 8192.");
    return 2;
}
var size = (given + 31) / 32 * 32;
var threads = Compute.Threads;
Console.WriteLine($"{Processor()}, {threads} threads, .NET {Environment.Version}, {Compute.InstructionSet}");
if (!Vector512.IsHardwareAccelerated)
    Console.WriteLine(
        "Steps 3 to 7 are written for registers of 512 bits. This processor has none: " +
        "two or four smaller ones replace each of them.");
Console.WriteLine();
var same = MeasureSteps(size, threads);
Compute.Threads = 1;                                    // the tables below name their own threads
MeasureSmall();
return same ? 0 : 1;

static unsafe bool MeasureSteps(int size, int threads)
{
    var few = Math.Min(size, 32);
    Matrix a = SmallProducts.Uniform(size, size), b = SmallProducts.Uniform(size, size, seed: 2);
    Matrix c = new(size, size), expected = new(size, size), roomForA = new(size, size), roomForB = new(size, size);
    fixed (float* a0 = a.Values, b0 = b.Values, c0 = c.Values, e0 = expected.Values)
    fixed (float* ra = roomForA.Values, rb = roomForB.Values)
    {
        float* pa = a0, pb = b0, pc = c0, roomA = ra, roomB = rb;
        ProductSteps.RowsInOrder(pa, pb, e0, size, size);       // every step must give these bits

        var options = new ParallelOptions { MaxDegreeOfParallelism = threads };
        Step[] steps =
        [
            new($"1  triple loop ({few} rows)", few, 1, () => ProductSteps.TripleLoop(pa, pb, pc, size, few)),
            new($"2  rows in order ({few} rows)", few, 1, () => ProductSteps.RowsInOrder(pa, pb, pc, size, few)),
            new("3  vectors of 16", size, 1, () => ProductSteps.Vectors(pa, pb, pc, size)),
            new("4  tiles of 4 × 32 in registers", size, 1, () => ProductSteps.SmallTiles(pa, pb, pc, size)),
            new("5  tiles of 12 × 32", size, 1, () => ProductSteps.LargeTiles(pa, pb, pc, size)),
            new("6  packed in panels", size, 1, () => ProductSteps.Packed(pa, pb, pc, size, roomA, roomB)),
            new($"7  shared by {threads} threads", size, threads, () =>
                ProductSteps.Shared(pa, pb, pc, size, roomA, roomB, options)),
            new($"8  the library, {threads} threads", size, threads, () => c.Set(a * b)),
            new("   the library, one thread", size, 1, () => c.Set(a * b)),
        ];
        foreach (var step in steps)
        {
            Compute.Threads = step.Threads;
            c.Values.Clear();
            step.Run();
            var found = MemoryMarshal.AsBytes(c.FirstRows(step.Rows).Values);
            step.IsSame = found.SequenceEqual(MemoryMarshal.AsBytes(expected.FirstRows(step.Rows).Values));
        }

        var limits = new Dictionary<int, double> { [1] = 0, [threads] = 0 };
        Entrant[] entrants =
        [
            .. steps.Select(step => new Entrant(step.Name, () =>
            {
                c.FirstRows(step.Rows).Values.Clear();
                step.Run();
            })),
        ];
        const int rounds = 8;
        for (var round = 0; round < rounds; round++)
        {
            foreach (var count in limits.Keys)
            {
                var limit = MultiplyAddLimit.Run(new(["limit", "--threads", $"{count}"]));
                limits[count] = Math.Max(limits[count], limit["best"]!.GetValue<double>());
            }
            for (var s = 0; s < steps.Length; s++)
            {
                Compute.Threads = steps[s].Threads;
                entrants[s].Sample(0.1, keep: true);
            }
        }

        Console.WriteLine($"C = A·B, {size} × {size}, float32; the best of {rounds} rounds of all steps");
        Console.WriteLine();
        Console.WriteLine($"{"step",-34}{"GFLOP/s",9}{"of the limit",15}{"times the step before",24}{"  bits"}");
        var before = 0.0;
        for (var s = 0; s < steps.Length; s++)
        {
            var rate = 2.0 * steps[s].Rows * size * size / entrants[s].Best;
            var times = s == 0 || s == steps.Length - 1 ? "" : $"{rate / before:0.0}";
            var share = rate / limits[steps[s].Threads];
            var bits = steps[s].IsSame ? "same" : "NOT THE SAME";
            Console.WriteLine($"{steps[s].Name,-34}{rate / 1e9,9:0.0}{share,15:0.0%}{times,24}  {bits}");
            before = rate;
        }
        foreach (var (count, limit) in limits)
        {
            var name = $"limit: multiply-adds in registers, {(count == 1 ? "one thread" : $"{count} threads")}";
            Console.WriteLine($"{name,-34} {limit / 1e9:0.0} GFLOP/s");
        }
        return steps.All(step => step.IsSame);
    }
}

static void MeasureSmall()
{
    Print("Y = X·Wᵀ + b, (32 × 784)·(784 × 16), one thread", SmallProducts.Alignment());
    Print("the same on two threads, (32 × 784)·(784 × 16)", SmallProducts.ForkAndJoin(784));
    Print("and a smaller one, (32 × 16)·(16 × 16)", SmallProducts.ForkAndJoin(16));
    Print("784 inputs, 128 neurons, 128 examples, one thread", SmallProducts.Blank());
    Print("32 of 60,000 images of 784 bytes, chosen at random, become a batch", SmallProducts.Gather());

    static void Print(string title, Entrant[] entrants)
    {
        Turns.Take(entrants, rounds: 10, seconds: 0.04);
        Console.WriteLine();
        Console.WriteLine($"{title,-70}{"best",11}{"median",11}");
        foreach (var entrant in entrants)
            Console.WriteLine($"   {entrant.Name,-67}{entrant.Best * 1e6,8:0.00} µs{entrant.Median * 1e6,8:0.00} µs");
    }
}

static string Processor()
{
    const string file = "/proc/cpuinfo";
    if (!File.Exists(file))
        return $"{RuntimeInformation.ProcessArchitecture}";
    var lines = File.ReadLines(file).TakeWhile(line => line.Length > 0)
        .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
        .Where(pair => pair.Length == 2).ToLookup(pair => pair[0], pair => pair[1]);
    var name = lines["model name"].FirstOrDefault() ?? $"{RuntimeInformation.ProcessArchitecture}";
    return $"{name} (family {lines["cpu family"].FirstOrDefault()}, model {lines["model"].FirstOrDefault()})";
}

/// <summary>One step: how many rows of C it computes, on how many threads, and whether its bits are right.</summary>
internal sealed record Step(string Name, int Rows, int Threads, Action Run)
{
    public bool IsSame { get; set; }
}
