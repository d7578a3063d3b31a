using Nabla.Kernels;
using Nabla.Tests.Structure;

namespace Nabla.Tests.Kernels;

[Collection(Machine.Name)]
public sealed class DispatchTests : MachineTests
{
    /// <summary>The files that may ask for the instruction set in use, and why.</summary>
    private static readonly string[] mayRead =
    [
        "Compute.cs",                                   // reports it
        "Kernels/Lanes/Dispatch.cs",                    // decides by it
    ];

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void A_kernel_runs_on_the_lanes_of_the_instruction_set_in_use(string instructionSet)
    {
        Use(instructionSet);
        var expected = instructionSet switch
        {
            nameof(InstructionSet.Avx512) => typeof(Lanes512),
            nameof(InstructionSet.Avx2) => typeof(Lanes256),
            _ => typeof(Lanes128),
        };
        var seen = new Type?[1];
        Dispatch.Run(new WhichLanes(seen));
        Assert.Equal(expected, seen[0]);
        Assert.Equal(expected, Dispatch.Run<WhichLanes, Type>(new WhichLanes(seen)));
        Assert.Equal(instructionSet, Dispatch.Choose(
            avx512: nameof(InstructionSet.Avx512), avx2: nameof(InstructionSet.Avx2),
            portable: nameof(InstructionSet.Portable)));
    }

    [Fact]
    public void The_instruction_set_is_asked_for_in_one_place()
    {
        var root = Path.Combine(PublicApiTests.Root(), "src", "Nabla");
        var found = Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains("Processor.Current", StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'));
        Assert.Equal(mayRead, found.Order(StringComparer.Ordinal));
    }

    private readonly struct WhichLanes(Type?[] seen) : IForLanes, IForLanes<Type>
    {
        void IForLanes.Run<V>() => seen[0] = typeof(V);

        Type IForLanes<Type>.Run<V>() => typeof(V);
    }
}
