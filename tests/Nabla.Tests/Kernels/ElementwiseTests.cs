using Nabla.Formulas;
using Nabla.Kernels;

namespace Nabla.Tests.Kernels;

[Collection(Machine.Name)]
public sealed class ElementwiseTests : MachineTests
{
    // Above 16,384 values, threads share the work in parts of that size.
    private static readonly int[] sizes =
        [.. TestNumbers.AwkwardSizes, 784, 16383, 16384, 16385, 3 * 16384 - 1, 3 * 16384 + 17];

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void One_value_at_a_time_gives_the_same_bits(string instructionSet)
    {
        Use(instructionSet);
        foreach (var size in sizes)
        {
            var where = $"{size} values";
            Guarded a = new(TestNumbers.Uniform(size, 1)), b = new(TestNumbers.Uniform(size, 2));
            Guarded y = new(size), z = new(size);
            Elementwise.Map(a.Values, y.Values, default(SquarePlusOne));
            Elementwise.Map(a.Values, b.Values, z.Values, default(TimesMinus));
            TestNumbers.AssertSameBits(Each(size, i => SquarePlusOneOf(a.Values[i])), y.Values, where);
            TestNumbers.AssertSameBits(Each(size, i => TimesMinusOf(a.Values[i], b.Values[i])), z.Values, where);
            y.AssertIntact(where);
            z.AssertIntact(where);

            Guarded w = new(TestNumbers.Uniform(size, 3), guard: 7);
            Guarded m = new(TestNumbers.Uniform(size, 4), guard: 8), n = new(TestNumbers.Uniform(size, 5), guard: 9);
            float[] w0 = [.. w.Values], m0 = [.. m.Values], n0 = [.. n.Values];
            Elementwise.Update(w.Values, a.Values, m.Values, default(Rule));
            float[] w1 = Each(size, i => w0[i] - (m0[i] + a.Values[i])), m1 = Each(size, i => m0[i] + a.Values[i]);
            TestNumbers.AssertSameBits(m1, m.Values, where);
            TestNumbers.AssertSameBits(w1, w.Values, where);
            Elementwise.Update(w.Values, a.Values, m.Values, n.Values, default(Rule));
            TestNumbers.AssertSameBits(Each(size, i => m1[i] + a.Values[i]), m.Values, where);
            TestNumbers.AssertSameBits(Each(size, i => n0[i] * a.Values[i]), n.Values, where);
            TestNumbers.AssertSameBits(
                Each(size, i => w1[i] - (m1[i] + a.Values[i]) * (n0[i] * a.Values[i])), w.Values, where);
            w.AssertIntact(where);
            m.AssertIntact(where);
            n.AssertIntact(where);
        }
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void A_buffer_may_be_both_read_and_written(string instructionSet)
    {
        Use(instructionSet);
        foreach (var size in sizes)
        {
            float[] a = TestNumbers.Uniform(size, 1), b = TestNumbers.Uniform(size, 2), y = [.. a], z = [.. b];
            Elementwise.Map(y, y, default(SquarePlusOne));
            Elementwise.Map(a, z, z, default(TimesMinus));
            TestNumbers.AssertSameBits(Each(size, i => SquarePlusOneOf(a[i])), y, $"{size} values");
            TestNumbers.AssertSameBits(Each(size, i => TimesMinusOf(a[i], b[i])), z, $"{size} values");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Any_number_of_threads_gives_the_same_bits(int threads)
    {
        Workers.Threads = threads;
        const int size = 9 * 16384 + 33;
        float[] a = TestNumbers.Uniform(size, 1), b = TestNumbers.Uniform(size, 2), y = new float[size];
        Elementwise.Map(a, b, y, default(TimesMinus));
        TestNumbers.AssertSameBits(Each(size, i => TimesMinusOf(a[i], b[i])), y, $"{threads} threads");
    }

    private static float[] Each(int size, Func<int, float> of) => [.. Enumerable.Range(0, size).Select(of)];

    // float32 in C# rounds after every operation, as the lanes must.
    private static float SquarePlusOneOf(float x) => x * x + 1f;

    private static float TimesMinusOf(float a, float b) => a * b - a;

    private readonly struct SquarePlusOne : IUnaryFormula
    {
        public V Of<V>(V x) where V : struct, ILanes<V> => 1f + x * x;
    }

    private readonly struct TimesMinus : IBinaryFormula
    {
        public V Of<V>(V a, V b) where V : struct, ILanes<V> => a * b - a;
    }

    private readonly struct Rule : IOneMomentRule, ITwoMomentRule
    {
        public void Apply<V>(ref V w, V g, ref V memory) where V : struct, ILanes<V>
        {
            memory += g;
            w -= memory;
        }

        public void Apply<V>(ref V w, V g, ref V memory1, ref V memory2) where V : struct, ILanes<V>
        {
            memory1 += g;
            memory2 *= g;
            w -= memory1 * memory2;
        }
    }
}
