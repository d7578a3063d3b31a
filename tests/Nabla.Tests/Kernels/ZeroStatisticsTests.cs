using Nabla.Kernels;

namespace Nabla.Tests.Kernels;

[Collection(Machine.Name)]
public sealed unsafe class ZeroStatisticsTests : MachineTests
{
    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void Skipping_blank_groups_pays_if_a_quarter_of_them_are_blank(string instructionSet)
    {
        Use(instructionSet);
        const int rows = 30, length = 160;                              // ten groups a row
        foreach (var (blank, expected) in (ReadOnlySpan<(int, bool)>)[(0, false), (2, false), (3, true), (10, true)])
        {
            var numbers = TestNumbers.Uniform(rows * length, 1);
            for (var i = 0; i < rows; i++)
                numbers.AsSpan(i * length, blank * 16).Clear();
            fixed (float* p = numbers)
                Assert.Equal(expected, ZeroStatistics.AreFew(p, rows, length));
        }
        fixed (float* p = new float[rows * 100])
            Assert.False(ZeroStatistics.AreFew(p, rows, 100));                  // too short for it to pay
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void Looking_for_single_zeros_pays_if_three_eighths_of_the_values_are_zero(string instructionSet)
    {
        Use(instructionSet);
        const int rows = 30, length = 163;                              // the last three are not examined
        foreach (var (zeros, expected) in (ReadOnlySpan<(int, bool)>)[(0, false), (5, false), (6, true), (16, true)])
        {
            var numbers = TestNumbers.Uniform(rows * length, 1);
            for (var i = 0; i < numbers.Length; i++)
                if (i % length % 16 < zeros)
                    numbers[i] = 0;
            fixed (float* p = numbers)
                Assert.Equal(expected, ZeroStatistics.AreSparse(p, rows, length, 5));
        }
        foreach (var few in (ReadOnlySpan<int>)[1, 10, 15])
            fixed (float* p = new float[rows * few])
                Assert.False(ZeroStatistics.AreSparse(p, rows, few, 5));        // too short to tell
    }
}
