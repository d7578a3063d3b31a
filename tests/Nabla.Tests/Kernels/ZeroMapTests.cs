using Nabla.Kernels;

namespace Nabla.Tests.Kernels;

[Collection(Machine.Name)]
public sealed unsafe class ZeroMapTests : MachineTests
{
    /// <summary>One pair of words, part of a pair, exactly full, just over, and several pairs.</summary>
    private static readonly int[] lengths =
        [8, 16, 64, 72, 128, 504, 512, 520, 784, 1016, 1024, 1032, 1536, 1544, 3000];

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void A_group_has_a_bit_if_any_of_its_values_has(string instructionSet)
    {
        Use(instructionSet);
        foreach (var length in lengths)
        {
            const int rows = 3;
            var numbers = new Guarded(Sparse(rows * length));
            ulong[] map = new ulong[rows * ZeroMap.Words(length)], expected = new ulong[map.Length];
            for (var i = 0; i < rows; i++)
                for (var k = 0; k < length; k++)
                    if (HasBits(numbers.Values[i * length + k]))
                        Mark(expected, i, k, length);
            ZeroMap.Find(numbers.Values, rows, length, map);
            Assert.Equal(expected, map);
        }
    }

    [Fact]
    public void Bytes_have_the_map_of_the_floats_that_they_become()
    {
        foreach (var length in lengths)
        {
            byte[] bytes = [.. Sparse(length).Select(value => value == 0 ? (byte)0 : (byte)255)];
            ulong[] map = new ulong[ZeroMap.Words(length)], expected = new ulong[map.Length];
            var numbers = new float[length];
            Images.Scale(bytes, numbers, 1 / 255f, map);
            ZeroMap.Find(numbers, 1, length, expected);
            Assert.Equal(expected, map);
            Assert.Contains(map, word => word != 0);
        }
    }

    [Fact]
    public void The_transposed_map_gives_the_nonzero_rows_of_each_group()
    {
        foreach (var length in lengths)
            foreach (var rows in (ReadOnlySpan<int>)[1, 7, 8, 9, 33, 63, 64])
            {
                var words = ZeroMap.Words(length);
                var map = new ulong[rows * words];
                ulong[] transposed = [.. Enumerable.Repeat(ulong.MaxValue, words * ZeroMap.Bits + 1)];
                var numbers = Sparse(rows * length);
                ZeroMap.Find(numbers, rows, length, map);
                fixed (ulong* from = map, to = transposed)
                    ZeroMap.Transpose(from, rows, length, to);
                for (var group = 0; group < length / ZeroMap.Group; group++)
                {
                    var expected = 0ul;
                    for (var i = 0; i < rows; i++)
                        if (numbers.Skip(i * length + group * ZeroMap.Group).Take(ZeroMap.Group).Any(HasBits))
                            expected |= 1ul << i;
                    Assert.Equal(expected, transposed[ZeroMap.Place(group)]);
                }
                Assert.Equal(ulong.MaxValue, transposed[^1]);
            }
    }

    [Fact]
    public void It_pays_if_three_eighths_of_the_groups_are_blank()
    {
        const int rows = 4, length = 160;                               // twenty groups a row
        foreach (var (some, expected) in (ReadOnlySpan<(int, bool)>)[(0, true), (12, true), (13, false), (20, false)])
        {
            var numbers = new float[rows * length];
            for (var i = 0; i < rows; i++)
                for (var group = 0; group < some; group++)
                    numbers[i * length + group * ZeroMap.Group + 3] = 1;
            var map = new ulong[rows * ZeroMap.Words(length)];
            ZeroMap.Find(numbers, rows, length, map);
            fixed (ulong* p = map)
                Assert.Equal(expected, ZeroMap.IsSparse(p, rows, length));
        }
        Assert.False(ZeroMap.Suits(100));                               // too short
        Assert.False(ZeroMap.Suits(900));                               // not a multiple of a group
        Assert.True(ZeroMap.Suits(784));
    }

    [Fact]
    public void Only_the_rows_of_a_batch_have_a_map()
    {
        const int rows = 10, columns = 784;
        var batch = Matrix.WithZeroMap(rows, columns);
        Assert.Equal(rows * ZeroMap.Words(columns), batch.Zeros.Length);
        var writer = batch.RowRange(3, 2).Writer;
        writer.Row(0)[700] = 1;
        ZeroMap.Find(writer.Row(0), 1, columns, writer.Zeros(0));
        Assert.Equal(1, batch.ReadOnlyRow(3)[700]);
        var words = ZeroMap.Words(columns);
        Assert.Equal(batch.Zeros[(3 * words)..(5 * words)], batch.RowRange(3, 2).Zeros);
        Assert.Equal(1ul << (700 / 16), batch.RowRange(3, 1).Zeros[1]);       // 700 is in the upper half of its sixteen
        Assert.True(batch.RowRange(9, 1).Zeros.Length > 0);
        Assert.True(batch.Part(0, 5, 2 * columns).Zeros.IsEmpty);
        Assert.True(batch.Part(columns / 2, 2, columns).Zeros.IsEmpty);
        Assert.True(new Matrix(rows, columns).Zeros.IsEmpty);
        Assert.True(Matrix.WithZeroMap(rows, 100).Zeros.IsEmpty);
        Assert.True(default(Matrix).Zeros.IsEmpty);
    }

    private static void Mark(ulong[] map, int row, int k, int length) =>
        map[row * ZeroMap.Words(length) + k / 1024 * 2 + k / 8 % 2] |= 1ul << (k / 16 % 64);

    private static bool HasBits(float value) => BitConverter.SingleToInt32Bits(value) != 0;

    /// <summary>Mostly 0; sometimes −0, which has a bit, or another value.</summary>
    private static float[] Sparse(int count)
    {
        var random = new RandomGenerator(3, stream: 0x7E57);
        float Value() => random.NextInt(40) switch
        {
            0 => -0f,
            1 => 0.5f,
            2 => float.NaN,
            3 => float.Epsilon,
            _ => 0f,
        };
        return [.. Enumerable.Range(0, count).Select(_ => Value())];
    }
}
