using System.Runtime.InteropServices;

namespace Nabla.Tests;

/// <summary>Values to test with, and exact comparison.</summary>
internal static class TestNumbers
{
    /// <summary>Sizes at which kernels go wrong: 0, 1, and those next to every width of a register or tile.</summary>
    public static readonly int[] AwkwardSizes = [0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 100];

    /// <summary>Real values in (−1, 1), the same for the same seed.</summary>
    public static float[] Uniform(int count, ulong seed)
    {
        var random = new RandomGenerator(seed, stream: 0x7E57);
        var numbers = new float[count];
        for (var i = 0; i < count; i++)
            numbers[i] = (float)random.NextUniform(-1, 1);
        return numbers;
    }

    /// <summary>
    /// Integers from −9 to 9. Their products and sums are exact in float32, so a sum is the same in any order.
    /// </summary>
    public static float[] Whole(int count, ulong seed)
    {
        var random = new RandomGenerator(seed, stream: 0x7E57);
        var numbers = new float[count];
        for (var i = 0; i < count; i++)
            numbers[i] = random.NextInt(19) - 9;
        return numbers;
    }

    /// <summary>A matrix of real values in (−1, 1).</summary>
    public static Matrix UniformMatrix(int rows, int columns, ulong seed) =>
        new(Uniform(rows * columns, seed), 0, rows, columns);

    /// <summary>Fails unless both have the same bits: −0 is not 0, but NaN is NaN whatever its payload.</summary>
    public static void AssertSameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string where)
    {
        Assert.Equal(expected.Length, actual.Length);
        if (MemoryMarshal.AsBytes(expected).SequenceEqual(MemoryMarshal.AsBytes(actual)))
            return;
        for (var i = 0; i < expected.Length; i++)
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i])
                && !(float.IsNaN(expected[i]) && float.IsNaN(actual[i])))
                Assert.Fail($"{where}: element {i} of {expected.Length} is {actual[i]:R}, expected {expected[i]:R}.");
    }
}

/// <summary>
/// Values between two bands of a guard value, to detect that something beside them is written, or read into a result.
/// </summary>
internal sealed class Guarded
{
    private const int Band = 64;

    private readonly float[] buffer;
    private readonly float guard;

    /// <summary>A buffer for results. Whatever is not overwritten stays NaN.</summary>
    public Guarded(int count)
        : this(Enumerable.Repeat(float.NaN, count).ToArray(), guard: -12345.678f)
    {
    }

    /// <summary>Values to read. A guard of NaN spoils every result that it enters.</summary>
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
