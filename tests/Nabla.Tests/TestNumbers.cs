using System.Runtime.InteropServices;

namespace Nabla.Tests;

/// <summary>Numbers to test with, and exact comparison.</summary>
internal static class TestNumbers
{
    /// <summary>Sizes at which kernels go wrong: none, one, and one beside every width of a register or tile.</summary>
    public static readonly int[] AwkwardSizes = [0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 100];

    /// <summary>Real numbers in (−1, 1), the same for the same seed.</summary>
    public static float[] Uniform(int count, ulong seed)
    {
        var random = new RandomGenerator(seed, stream: 0x7E57);
        var numbers = new float[count];
        for (var i = 0; i < count; i++)
            numbers[i] = (float)random.NextUniform(-1, 1);
        return numbers;
    }

    /// <summary>Whole numbers from −9 to 9: their products and sums are exact in float32, so any order of a sum gives the same.</summary>
    public static float[] Whole(int count, ulong seed)
    {
        var random = new RandomGenerator(seed, stream: 0x7E57);
        var numbers = new float[count];
        for (var i = 0; i < count; i++)
            numbers[i] = random.NextInt(19) - 9;
        return numbers;
    }

    /// <summary>A matrix of real numbers in (−1, 1).</summary>
    public static Matrix UniformMatrix(int rows, int columns, ulong seed) => new(Uniform(rows * columns, seed), 0, rows, columns);

    /// <summary>Fails unless both have the same bits: −0 is not 0, and NaN is NaN whatever its payload.</summary>
    public static void AssertSameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string where)
    {
        Assert.Equal(expected.Length, actual.Length);
        if (MemoryMarshal.AsBytes(expected).SequenceEqual(MemoryMarshal.AsBytes(actual)))
            return;
        for (var i = 0; i < expected.Length; i++)
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i])
                && !(float.IsNaN(expected[i]) && float.IsNaN(actual[i])))
                Assert.Fail($"{where}: number {i} of {expected.Length} is {actual[i]:R}, expected {expected[i]:R}.");
    }
}

/// <summary>Numbers between two bands of a guard value, to see that nothing beside them is written, or read into a result.</summary>
internal sealed class Guarded
{
    private const int Band = 64;

    private readonly float[] buffer;
    private readonly float guard;

    /// <summary>Room for results: whatever is not overwritten remains NaN.</summary>
    public Guarded(int count)
        : this(Enumerable.Repeat(float.NaN, count).ToArray(), guard: -12345.678f)
    {
    }

    /// <summary>Numbers to read: a guard of NaN spoils every result that it enters.</summary>
    public Guarded(ReadOnlySpan<float> values, float guard = float.NaN)
    {
        this.guard = guard;
        buffer = new float[values.Length + 2 * Band];
        Array.Fill(buffer, guard);
        values.CopyTo(buffer.AsSpan(Band));
    }

    public Span<float> Values => buffer.AsSpan(Band, buffer.Length - 2 * Band);

    public void AssertIntact(string where)
    {
        for (var i = 0; i < Band; i++)
            if (BitConverter.SingleToInt32Bits(buffer[i]) != BitConverter.SingleToInt32Bits(guard)
                || BitConverter.SingleToInt32Bits(buffer[^(i + 1)]) != BitConverter.SingleToInt32Bits(guard))
                Assert.Fail($"{where}: something was written beside the buffer.");
    }
}
