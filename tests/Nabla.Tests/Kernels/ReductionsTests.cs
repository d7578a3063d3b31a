using Nabla.Kernels;

namespace Nabla.Tests.Kernels;

[Collection(Machine.Name)]
public sealed class ReductionsTests : MachineTests
{
    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void Columns_are_summed_from_the_first_row_to_the_last(string instructionSet)
    {
        Use(instructionSet);
        int[] sizes = [.. TestNumbers.AwkwardSizes, 784];
        foreach (var rows in sizes)
            foreach (var columns in sizes)
            {
                var x = new Guarded(TestNumbers.Uniform(rows * columns, 1));
                var sums = new Guarded(columns);
                Reductions.SumColumns(x.Values, sums.Values, rows);
                var expected = new float[columns];
                for (var i = 0; i < rows; i++)
                    for (var j = 0; j < columns; j++)
                        expected[j] += x.Values[i * columns + j];
                TestNumbers.AssertSameBits(expected, sums.Values, $"{rows} × {columns}");
                sums.AssertIntact($"{rows} × {columns}");
            }
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void The_largest_magnitude_is_found_at_any_position(string instructionSet)
    {
        Use(instructionSet);
        foreach (var size in TestNumbers.AwkwardSizes)
            for (var position = 0; position < size; position++)
            {
                var x = new Guarded(TestNumbers.Uniform(size, 1));
                x.Values[position] = -7;
                Assert.Equal(7, Reductions.LargestMagnitude(x.Values));
                foreach (var bad in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
                {
                    x.Values[position] = bad;
                    Assert.Equal(float.NaN, Reductions.LargestMagnitude(x.Values));
                }
            }
        Assert.Equal(0, Reductions.LargestMagnitude([]));
    }

    [Fact]
    public void The_sum_of_squares_has_double_precision_and_is_the_same_for_any_number_of_threads()
    {
        foreach (var size in (int[])[.. TestNumbers.AwkwardSizes, 65_535, 65_536, 65_537, 300_001])
        {
            var x = new Guarded(TestNumbers.Uniform(size, 1));
            var expected = x.Values.ToArray().Sum(v => (double)v * v);
            double? first = null;
            foreach (var threads in (ReadOnlySpan<int>)[1, 2, 5])
            {
                Workers.Threads = threads;
                var sum = Reductions.SumOfSquares(x.Values);
                Assert.Equal(expected, sum, 1e-12 * Math.Max(1, expected));
                Assert.Equal(first ??= sum, sum);
            }
        }
    }

    [Fact]
    public void The_sum_of_squared_differences_has_double_precision()
    {
        foreach (var size in TestNumbers.AwkwardSizes)
        {
            Guarded x = new(TestNumbers.Uniform(size, 1)), y = new(TestNumbers.Uniform(size, 2));
            var expected = x.Values.ToArray().Zip(y.Values.ToArray(), (a, b) => Math.Pow((double)a - b, 2)).Sum();
            var actual = Reductions.SumOfSquaredDifferences(x.Values, y.Values);
            Assert.Equal(expected, actual, 1e-13 * Math.Max(1, expected));
        }
        Assert.Throws<ArgumentException>(() => Reductions.SumOfSquaredDifferences([1], [1, 2]));
    }

    [Fact]
    public void The_largest_magnitude_of_many_values_is_found_by_any_number_of_threads()
    {
        const int size = 300_001;
        var x = TestNumbers.Uniform(size, 1);
        foreach (var threads in (ReadOnlySpan<int>)[1, 2, 5])
        {
            Workers.Threads = threads;
            foreach (var position in (ReadOnlySpan<int>)[0, 65_535, 65_536, 200_000, size - 1])
            {
                var kept = x[position];
                x[position] = -7;
                Assert.Equal(7, Reductions.LargestMagnitude(x));
                x[position] = float.NegativeInfinity;
                Assert.Equal(float.NaN, Reductions.LargestMagnitude(x));
                x[position] = kept;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void Exponentials_are_summed_in_double_precision(string instructionSet)
    {
        Use(instructionSet);
        foreach (var size in TestNumbers.AwkwardSizes)
        {
            var x = new Guarded([.. TestNumbers.Uniform(size, 1).Select(value => 20 * value)]);
            var expected = 0.0;
            foreach (var value in x.Values)
                expected += Math.Exp(value - 20f);
            Assert.Equal(expected, Reductions.SumOfExp(x.Values, 20), 1e-6 * expected);
        }
        Assert.Equal(1 + Math.Exp(-30), Reductions.SumOfExp([50, 20], 50), 1e-18);      // the small term is not lost
        Assert.Equal(double.NaN, Reductions.SumOfExp([1, float.NaN], 1));
    }
}
