using Nabla.Algebra;
using Nabla.Kernels;

namespace Nabla.Tests.Kernels;

[Collection(Machine.Name)]
public sealed unsafe class NonZeroTests : MachineTests
{
    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void Columns_that_have_something_are_listed(string instructionSet)
    {
        Use(instructionSet);
        foreach (var rows in (ReadOnlySpan<int>)[1, 2, 4, 12])
            foreach (var length in (ReadOnlySpan<int>)[1, 7, 15, 16, 17, 33, 100])
            {
                var matrix = new Guarded(Sparse(rows * length, seed: 1));        // beside it stands what is not zero
                var places = new int[length];
                var expected = Enumerable.Range(0, length).Where(k => Enumerable.Range(0, rows).Any(i => HasBits(matrix.Values[i * length + k])));
                fixed (float* p = matrix.Values)
                fixed (int* list = places)
                    Assert.Equal(expected, places[..NonZero.Columns(p, length, rows, length, list)]);
            }
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void It_is_worth_while_from_a_quarter_of_blank_groups_on(string instructionSet)
    {
        Use(instructionSet);
        const int rows = 30, length = 160;                              // ten groups a row
        foreach (var (blank, expected) in (ReadOnlySpan<(int, bool)>)[(0, false), (2, false), (3, true), (10, true)])
        {
            var numbers = TestNumbers.Uniform(rows * length, 1);
            for (var i = 0; i < rows; i++)
                numbers.AsSpan(i * length, blank * 16).Clear();
            fixed (float* p = numbers)
                Assert.Equal(expected, NonZero.AreFew(p, rows, length));
        }
        fixed (float* p = new float[rows * 100])
            Assert.False(NonZero.AreFew(p, rows, 100));                  // too short to be worth while
    }

    /// <summary>Mostly 0, sometimes −0, which has a bit, or another number.</summary>
    private static float[] Sparse(int count, ulong seed)
    {
        var random = new RandomGenerator(seed, stream: 0x7E57);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextInt(40) switch { 0 => -0f, 1 => 0.5f, 2 => float.NaN, 3 => float.Epsilon, _ => 0f })];
    }

    private static bool HasBits(float value) => BitConverter.SingleToInt32Bits(value) != 0;
}
