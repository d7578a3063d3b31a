using Nabla.Kernels;

namespace Nabla.Tests;

/// <summary>Tests that change which instructions or how many threads the whole program uses: one after the other, with nothing beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Machine
{
    public const string Name = "Tests that change the instruction set or the number of threads";

    /// <summary>The instruction sets, by name (their type is not public).</summary>
    public static TheoryData<string> InstructionSets => [.. Enum.GetNames<InstructionSet>()];

    /// <summary>Those that this processor has.</summary>
    internal static IEnumerable<InstructionSet> Available => Enum.GetValues<InstructionSet>().Where(set => set <= Processor.Best);
}

/// <summary>A test class of the collection <see cref="Machine"/>: after each test, everything is as it was before.</summary>
public abstract class MachineTests : IDisposable
{
    private readonly InstructionSet set = Processor.Current;
    private readonly int threads = Workers.Threads;

    public void Dispose()
    {
        Processor.Current = set;
        Workers.Threads = threads;
        GC.SuppressFinalize(this);
    }

    /// <summary>Uses an instruction set in this test, or skips the test where the processor does not have it.</summary>
    protected static void Use(string instructionSet)
    {
        var wanted = Enum.Parse<InstructionSet>(instructionSet);
        Assert.SkipUnless(wanted <= Processor.Best, $"This processor does not have {wanted}; the best it has is {Processor.Best}.");
        Processor.Current = wanted;
    }
}
