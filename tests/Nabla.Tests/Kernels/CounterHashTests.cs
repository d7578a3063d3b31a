using System.Numerics;
using Nabla.Kernels;

namespace Nabla.Tests.Kernels;

[Collection(Machine.Name)]
public sealed class CounterHashTests : MachineTests
{
    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void It_is_the_documented_hash_at_every_index(string instructionSet)
    {
        Use(instructionSet);
        foreach (var key in (ulong[])[0, 1, 0x123456789ABCDEF0, ulong.MaxValue])
            foreach (var count in (int[])[0, 1, 15, 16, 17, 40_000])
            {
                var y = Of(key, count);
                for (var i = 0; i < count; i++)
                    Assert.Equal(Twin(key, (uint)i) >> 8, y[i]);
            }
    }

    [Fact]
    public void It_stays_the_same_for_ever() => Assert.Equal(       // as another program computed it, from the docs
        [0x000000u, 0x58f549u, 0x54aceau, 0x7d548au],
        [Twin(0, 0) >> 8, Twin(1, 0) >> 8, Twin(0, 7) >> 8, Twin(0x123456789ABCDEF0, 3) >> 8]);

    [Fact]
    public void It_looks_random_from_index_to_index_and_from_key_to_key()
    {
        const int count = 1 << 16;
        var keys = new Nabla.RandomGenerator(1);
        for (var trial = 0; trial < 20; trial++)
        {
            var key = keys.NextUInt64();
            float[] one = Of(key, count), next = Of(key + 1, count), other = Of(keys.NextUInt64(), count);
            Assert.InRange(Correlation(one[..^1], one[1..]), -0.02, 0.02);      // 5 deviations of 1/√count
            Assert.InRange(Correlation(one, next), -0.02, 0.02);
            Assert.InRange(Correlation(one, other), -0.02, 0.02);
            var bins = new int[64];
            foreach (var value in one)
                bins[(int)value >> 18]++;
            var chiSquare = bins.Sum(n => Math.Pow(n - count / 64.0, 2) / (count / 64.0));
            Assert.InRange(chiSquare, 20, 130);         // of 63 degrees of freedom: 6 deviations of 11
        }
        for (var bit = 0; bit < 64; bit++)              // each bit of the key changes half of the bits of the hash
        {
            var other = 5 ^ (1UL << bit);
            var changed = Enumerable.Range(0, 1000)
                .Average(i => BitOperations.PopCount(Twin(5, (uint)i) ^ Twin(other, (uint)i)));
            Assert.InRange(changed, 15.5, 16.5);
        }
    }

    private static double Correlation(float[] a, float[] b)
    {
        double meanA = a.Average(), meanB = b.Average();
        double product = 0, squaresA = 0, squaresB = 0;
        for (var i = 0; i < a.Length; i++)
        {
            product += (a[i] - meanA) * (b[i] - meanB);
            squaresA += Math.Pow(a[i] - meanA, 2);
            squaresB += Math.Pow(b[i] - meanB, 2);
        }
        return product / Math.Sqrt(squaresA * squaresB);
    }

    private static float[] Of(ulong key, int count)
    {
        var y = new float[count];
        Elementwise.MapIndexed(new float[count], y, new Hash(key));
        return y;
    }

    private static uint Twin(ulong key, uint index) => Mix(Mix(index ^ (uint)key) ^ (uint)(key >> 32));

    private static uint Mix(uint x)
    {
        x = (x ^ (x >> 16)) * 0x7FEB352D;
        x = (x ^ (x >> 15)) * 0x846CA68B;
        return x ^ (x >> 16);
    }

    private readonly struct Hash(ulong key) : IIndexedFormula
    {
        public V Of<V>(V x, uint index) where V : struct, IVectorLanes<V> => x + CounterHash.Of<V>(key, index);
    }
}
