using Nabla.Kernels;

namespace Nabla.Tests;

/// <summary>
/// Tests that change the instruction set or the number of threads of the whole program. They run one after the other,
/// with nothing beside them.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Machine
{
    public const string Name = "Tests that change the instruction set or the number of threads";

    /// <summary>The instruction sets that this processor has.</summary>
    internal static IEnumerable<InstructionSet> Available =>
        Enum.GetValues<InstructionSet>().Where(set => set <= Processor.Best);

    /// <summary>
    /// The same, by name (their type is not public). Sets that the processor lacks are not listed, so no test is
    /// skipped.
    /// </summary>
    public static TheoryData<string> InstructionSets => [.. Available.Select(set => $"{set}")];
}

/// <summary>
/// A test class of the collection <see cref="Machine"/>: after each test it restores the instruction set and the number
/// of threads.
/// </summary>
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

    /// <summary>Uses one of <see cref="Machine.InstructionSets"/> in this test.</summary>
    protected static void Use(string instructionSet) => Processor.Current = Enum.Parse<InstructionSet>(instructionSet);
}
