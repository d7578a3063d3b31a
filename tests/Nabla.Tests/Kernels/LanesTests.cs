using System.Runtime.Intrinsics;
using Nabla.Formulas;
using Nabla.Kernels;

namespace Nabla.Tests.Kernels;

[Collection(Machine.Name)]
public sealed class LanesTests : MachineTests
{
    private static readonly float[] special =
    [
        0f, -0f, 1f, -1f, 0.1f, -0.3f, 3.3e38f, -3.3e38f, float.Epsilon, -1e-40f, 1.1754944e-38f,
        float.PositiveInfinity, float.NegativeInfinity, float.NaN, 16777217f, 0.99999994f,
    ];

    /// <summary>Every special value paired with every other, and with ordinary ones.</summary>
    private static readonly (float[] A, float[] B) pairs = Pairs([.. special, .. TestNumbers.Uniform(17, 1)]);

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void Arithmetic_rounds_as_for_one_value_alone(string instructionSet)
    {
        Use(instructionSet);
        Check(default(Add), (a, b) => a + b);
        Check(default(Subtract), (a, b) => a - b);
        Check(default(Multiply), (a, b) => a * b);
        Check(default(Divide), (a, b) => a / b);
        Check(default(MultiplyAdd), (a, b) => MathF.FusedMultiplyAdd(a, b, a));
        Check(default(SqrtAbsNegate), (a, b) => -MathF.Sqrt(MathF.Abs(a)));
        Check(default(Scalars), (a, b) => 3f - (2f / (1f + 0.7f * a)));
        Check(default(ScalarsOnTheRight), (a, b) => (a * 0.7f + 0.1f) / 3f);
        Check(default(WhereLess), (a, b) => a < b ? a : 5f);
        Check(default(OneForAll), (a, b) =>
            MathF.FusedMultiplyAdd(a, b, 0.3f)
                + MathF.FusedMultiplyAdd(a, 0.7f, b)
                + MathF.FusedMultiplyAdd(a, 0.7f, 0.3f)
                - (a - 0.9f)
                + (a < 0.2f ? b : 5f));
        Check(default(AtLeast), (a, b) => a < 0f ? 0f : a);         // −0 is kept
        Check(default(AtMost), (a, b) => a > 0.5f ? 0.5f : a);
        Check(default(TimesTwoToThe), (a, b) => a * MathF.ScaleB(1, -20) * MathF.ScaleB(1, 3));
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void NaN_is_found_and_magnitudes_are_compared(string instructionSet)
    {
        Use(instructionSet);
        switch (Processor.Current)
        {
            case InstructionSet.Avx512: CheckChoices<Lanes512>(); break;
            case InstructionSet.Avx2: CheckChoices<Lanes256>(); break;
            default: CheckChoices<Lanes128>(); break;
        }
    }

    private static unsafe void CheckChoices<V>() where V : struct, IVectorLanes<V>
    {
        var (a, b) = pairs;
        float[] whereNaN = new float[a.Length], larger = new float[a.Length];
        fixed (float* pa = a, pb = b, pn = whereNaN, pl = larger)
            for (var i = 0; i < a.Length; i += IVectorLanes<V>.Count)
            {
                var mask = V.FirstN(Math.Min(a.Length - i, IVectorLanes<V>.Count));
                V x = V.Load(pa + i, mask), y = V.Load(pb + i, mask);
                V.Store(V.WhereNaN(x, y, x), pn + i, mask);
                V.Store(V.LargerMagnitude(V.Abs(x), y), pl + i, mask);
            }
        TestNumbers.AssertSameBits([.. a.Zip(b, (x, y) => float.IsNaN(x) ? y : x)], whereNaN, "where NaN");
        TestNumbers.AssertSameBits([.. a.Zip(b, LargerMagnitude)], larger, "larger magnitude");
    }

    private static float LargerMagnitude(float a, float b) => BitConverter.Int32BitsToSingle(Math.Max(
        BitConverter.SingleToInt32Bits(MathF.Abs(a)), BitConverter.SingleToInt32Bits(MathF.Abs(b))));

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void Powers_of_two_are_exact(string instructionSet)
    {
        Use(instructionSet);
        float[] n = [.. Enumerable.Range(-126, 254).Select(i => (float)i)], y = new float[n.Length];
        Elementwise.Map(n, y, default(PowerOfTwo));
        Assert.Equal(n.Select(i => MathF.ScaleB(1, (int)i)), y);
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void Floor_rounds_down(string instructionSet)
    {
        Use(instructionSet);
        float[] x = [.. special, -1.5f, -0.2f, 0.2f, 1.99f, 8388607.5f, .. TestNumbers.Uniform(17, 1)];
        var y = new float[x.Length];
        Elementwise.Map(x, y, default(Floor));
        TestNumbers.AssertSameBits([.. x.Select(MathF.Floor)], y, "floor");
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void Pairs_of_bytes_are_loaded_from_the_indices_in_the_lanes(string instructionSet)
    {
        Use(instructionSet);
        switch (Processor.Current)
        {
            case InstructionSet.Avx512: CheckPairs<Lanes512>(); break;
            case InstructionSet.Avx2: CheckPairs<Lanes256>(); break;
            default: CheckPairs<Lanes128>(); break;
        }
    }

    private static unsafe void CheckPairs<V>() where V : struct, IVectorLanes<V>
    {
        byte[] bytes = [.. Enumerable.Range(0, 304).Select(i => (byte)(255 - i * 7))];
        float[] at = [0, 300, 1, 7, 7, 299, 255, 256, 100, -0f, 33, 64, 65, 150, 2, 201];
        float[] first = new float[16], second = new float[16];
        fixed (byte* p = bytes)
        fixed (float* i = at, f = first, s = second)
        {
            var (a, b) = V.LoadPairs(p, V.Load(i));
            V.Store(a, f);
            V.Store(b, s);
        }
        Assert.Equal(at.Select(i => (float)bytes[(int)i]), first);
        Assert.Equal(at.Select(i => (float)bytes[(int)i + 1]), second);
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void Sixteen_lanes_are_summed_in_the_promised_order(string instructionSet)
    {
        Use(instructionSet);
        for (ulong seed = 1; seed < 50; seed++)
            switch (Processor.Current)
            {
                case InstructionSet.Avx512: CheckSums<Lanes512>(seed); break;
                case InstructionSet.Avx2: CheckSums<Lanes256>(seed); break;
                default: CheckSums<Lanes128>(seed); break;
            }
    }

    private static unsafe void CheckSums<V>(ulong seed) where V : struct, IVectorLanes<V>
    {
        var x = TestNumbers.Uniform(64, seed);
        var sums = new float[4];
        fixed (float* p = x, s = sums)
        {
            V.Sum4(V.Load(p), V.Load(p + 16), V.Load(p + 32), V.Load(p + 48)).Store(s);
            for (var i = 0; i < 4; i++)
            {
                Assert.Equal(Folded(x.AsSpan(16 * i, 16)), sums[i]);
                Assert.Equal(Folded(x.AsSpan(16 * i, 16)), V.Sum(V.Load(p + 16 * i)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void Sixteen_sums_at_once_equal_the_sums_one_by_one(string instructionSet)
    {
        Use(instructionSet);
        for (ulong seed = 1; seed < 50; seed++)
            switch (Processor.Current)
            {
                case InstructionSet.Avx512: CheckSixteenSums<Lanes512>(seed); break;
                case InstructionSet.Avx2: CheckSixteenSums<Lanes256>(seed); break;
                default: CheckSixteenSums<Lanes128>(seed); break;
            }
    }

    private static unsafe void CheckSixteenSums<V>(ulong seed) where V : struct, IVectorLanes<V>
    {
        var x = TestNumbers.Uniform(256, seed);
        fixed (float* p = x)
        {
            var (a, b, c, d) = V.Quarters(V.Sum16(
                V.Load(p), V.Load(p + 16), V.Load(p + 32), V.Load(p + 48),
                V.Load(p + 64), V.Load(p + 80), V.Load(p + 96), V.Load(p + 112),
                V.Load(p + 128), V.Load(p + 144), V.Load(p + 160), V.Load(p + 176),
                V.Load(p + 192), V.Load(p + 208), V.Load(p + 224), V.Load(p + 240)));
            var rows = new[] { a, b, c, d };
            for (var i = 0; i < 16; i++)
                Assert.Equal(Folded(x.AsSpan(16 * i, 16)), rows[i / 4][i % 4]);
        }
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void Lanes_are_deinterleaved_interleaved_and_masked(string instructionSet)
    {
        Use(instructionSet);
        switch (Processor.Current)
        {
            case InstructionSet.Avx512: CheckMoves<Lanes512>(); break;
            case InstructionSet.Avx2: CheckMoves<Lanes256>(); break;
            default: CheckMoves<Lanes128>(); break;
        }
    }

    private static unsafe void CheckMoves<V>() where V : struct, IVectorLanes<V>
    {
        var x = TestNumbers.Uniform(32, 1);
        var y = new float[16];
        fixed (float* p = x, q = y)
        {
            V a = V.Load(p), b = V.Load(p + 16);
            V.Store(V.DeinterleaveEven(a, b), q);
            Assert.Equal(x.Where((_, i) => i % 2 == 0), y);
            V.Store(V.DeinterleaveOdd(a, b), q);
            Assert.Equal(x.Where((_, i) => i % 2 == 1), y);
            V.Store(V.InterleaveLow(a, b), q);
            Assert.Equal(Enumerable.Range(0, 16).Select(i => x[16 * (i % 2) + i / 2]), y);
            V.Store(V.InterleaveHigh(a, b), q);
            Assert.Equal(Enumerable.Range(0, 16).Select(i => x[16 * (i % 2) + 8 + i / 2]), y);
            for (var from = 0; from <= 16; from++)
                for (var to = from; to <= 16; to++)
                {
                    Array.Clear(y);
                    V.Store(a, q, V.Between(from, to));
                    Assert.Equal(Enumerable.Range(0, 16).Select(i => i >= from && i < to ? x[i] : 0), y);
                    V.Store(V.Load(p, V.Between(from, to)), q);
                    Assert.Equal(Enumerable.Range(0, 16).Select(i => i >= from && i < to ? x[i] : 0), y);
                }
        }
    }

    /// <summary>Lane i + lane i + 8; of these, i + (i + 4); then (0 + 2) + (1 + 3).</summary>
    internal static float Folded(ReadOnlySpan<float> x)
    {
        Span<float> eight = stackalloc float[8], four = stackalloc float[4];
        for (var i = 0; i < 8; i++)
            eight[i] = x[i] + x[i + 8];
        for (var i = 0; i < 4; i++)
            four[i] = eight[i] + eight[i + 4];
        return (four[0] + four[2]) + (four[1] + four[3]);
    }

    private static void Check<TMap>(TMap map, Func<float, float, float> expected) where TMap : struct, IBinaryFormula
    {
        var y = new float[pairs.A.Length];
        Elementwise.Map(pairs.A, pairs.B, y, map);
        TestNumbers.AssertSameBits([.. pairs.A.Zip(pairs.B, expected)], y, typeof(TMap).Name);
    }

    private static (float[] A, float[] B) Pairs(float[] x) =>
        ([.. x.SelectMany(a => x.Select(_ => a))], [.. x.SelectMany(_ => x)]);

    private readonly struct Add : IBinaryFormula
    {
        public V Of<V>(V a, V b) where V : struct, ILanes<V> => a + b;
    }

    private readonly struct Subtract : IBinaryFormula
    {
        public V Of<V>(V a, V b) where V : struct, ILanes<V> => a - b;
    }

    private readonly struct Multiply : IBinaryFormula
    {
        public V Of<V>(V a, V b) where V : struct, ILanes<V> => a * b;
    }

    private readonly struct Divide : IBinaryFormula
    {
        public V Of<V>(V a, V b) where V : struct, ILanes<V> => a / b;
    }

    private readonly struct MultiplyAdd : IBinaryFormula
    {
        public V Of<V>(V a, V b) where V : struct, ILanes<V> => V.MultiplyAdd(a, b, a);
    }

    private readonly struct SqrtAbsNegate : IBinaryFormula
    {
        public V Of<V>(V a, V b) where V : struct, ILanes<V> => -V.Sqrt(V.Abs(a));
    }

    private readonly struct Scalars : IBinaryFormula
    {
        public V Of<V>(V a, V b) where V : struct, ILanes<V> => 3f - (2f / (1f + 0.7f * a));
    }

    private readonly struct ScalarsOnTheRight : IBinaryFormula
    {
        public V Of<V>(V a, V b) where V : struct, ILanes<V> => (a * 0.7f + 0.1f) / 3f;
    }

    private readonly struct WhereLess : IBinaryFormula
    {
        public V Of<V>(V a, V b) where V : struct, ILanes<V> => V.WhereLess(a, b, a, V.Of(5));
    }

    private readonly struct OneForAll : IBinaryFormula
    {
        public V Of<V>(V a, V b) where V : struct, ILanes<V> =>
            V.MultiplyAdd(a, b, 0.3f)
                + V.MultiplyAdd(a, 0.7f, b)
                + V.MultiplyAdd(a, 0.7f, 0.3f)
                - (a - 0.9f)
                + V.WhereLess(a, 0.2f, b, V.Of(5));
    }

    private readonly struct AtLeast : IBinaryFormula
    {
        public V Of<V>(V a, V b) where V : struct, ILanes<V> => V.AtLeast(a, 0f);
    }

    private readonly struct AtMost : IBinaryFormula
    {
        public V Of<V>(V a, V b) where V : struct, ILanes<V> => V.AtMost(a, 0.5f);
    }

    private readonly struct TimesTwoToThe : IBinaryFormula
    {
        public V Of<V>(V a, V b) where V : struct, ILanes<V> =>
            V.TimesPowerOfTwo(V.TimesPowerOfTwo(a, V.Of(12582912f - 20)), V.Of(12582912f + 3));
    }

    private readonly struct PowerOfTwo : IUnaryFormula
    {
        public V Of<V>(V n) where V : struct, ILanes<V> => V.TimesPowerOfTwo(V.Of(1), 12582912f + n);
    }

    private readonly struct Floor : IUnaryFormula
    {
        public V Of<V>(V x) where V : struct, ILanes<V> => V.Floor(x);
    }
}
