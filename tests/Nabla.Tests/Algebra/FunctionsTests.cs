using Nabla.Formulas;
using Nabla.Kernels;

namespace Nabla.Tests.Algebra;

/// <summary>Asserts the figures that the remarks of <see cref="Functions"/> promise.</summary>
[Collection(Machine.Name)]
public sealed class FunctionsTests(ITestOutputHelper output) : MachineTests
{
    private const double SmallestNormal = 1.1754943508222875e-38;

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void Exp_is_within_its_bound(string instructionSet)
    {
        Use(instructionSet);
        Check(default(ExpMap), Math.Exp, maxUlps: 1.02);
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void Sigmoid_is_within_its_bound(string instructionSet)
    {
        Use(instructionSet);
        Check(default(SigmoidMap), x => 1 / (1 + Math.Exp(-x)), maxUlps: 2.5, normalOnly: true);
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void Tanh_is_within_its_bound(string instructionSet)
    {
        Use(instructionSet);
        Check(default(TanhMap), Math.Tanh, maxUlps: 1.4);
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void Exp_minus_one_is_within_its_bound(string instructionSet)
    {
        Use(instructionSet);
        Check(default(ExpMinusOneMap), ExpMinusOne, maxUlps: 4.5);
        Check(default(ExpMinusOneMap), ExpMinusOne, maxUlps: 2.6, only: x => x <= 0);
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void Softplus_is_within_its_bound(string instructionSet)
    {
        Use(instructionSet);
        Check(default(SoftplusMap), Softplus, maxUlps: 4, normalOnly: true);
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void The_normal_distribution_is_within_its_bound(string instructionSet)
    {
        Use(instructionSet);
        Check(default(NormalMap), NormalDistribution, maxUlps: 6, normalOnly: true);
        Check(default(DensityMap), x => Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI), maxUlps: 4, normalOnly: true);
    }

    [Fact]
    public void The_twins_of_the_tests_are_right()                  // from tables
    {
        Assert.Equal(0.158655253931457, NormalDistribution(-1), 1e-15);
        Assert.Equal(0.977249868051821, NormalDistribution(2), 1e-15);
        Assert.Equal(2.866515718791939e-7, NormalDistribution(-5), 1e-20);
        Assert.Equal(3.670966199672e-51, NormalDistribution(-15), 1e-60);
        Assert.Equal(1.3132616875182228, Softplus(1), 1e-15);
        Assert.Equal(1.0000005000001667e-6, ExpMinusOne(1e-6), 1e-21);
    }

    /// <summary>
    /// Takes two minutes. Run it when a function has changed:
    /// <c>--explicit only --filter-method "*float32_exceeds*"</c>.
    /// </summary>
    [Fact(Explicit = true)]
    public void No_float32_exceeds_the_bounds()
    {
        Check(default(ExpMap), Math.Exp, maxUlps: 1.02, step: 1);
        Check(default(SigmoidMap), x => 1 / (1 + Math.Exp(-x)), maxUlps: 2.5, normalOnly: true, step: 1);
        Check(default(TanhMap), Math.Tanh, maxUlps: 1.4, step: 1);
        Check(default(ExpMinusOneMap), ExpMinusOne, maxUlps: 4.5, step: 1);
        Check(default(SoftplusMap), Softplus, maxUlps: 4, normalOnly: true, step: 1);
        Check(default(NormalMap), NormalDistribution, maxUlps: 6, normalOnly: true, step: 1);
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void The_ends_of_the_range_are_right(string instructionSet)
    {
        Use(instructionSet);
        const float infinity = float.PositiveInfinity, max = float.MaxValue, tiny = float.Epsilon;
        float[] x = [float.NaN, infinity, -infinity, 0f, -0f, max, -max, tiny, -1e-40f, 88.73f, -104f, -103f];
        TestNumbers.AssertSameBits(
            [float.NaN, infinity, 0, 1, 1, infinity, 0, 1, 1, infinity, 0, 1.4e-45f], Of(default(ExpMap), x), "exp");
        TestNumbers.AssertSameBits(
            [float.NaN, 1, 0, 0.5f, 0.5f, 1, 0, 0.5f, 0.5f, 1, 0, 0], Of(default(SigmoidMap), x), "sigmoid");
        TestNumbers.AssertSameBits(
            [float.NaN, 1, -1, 0, 0, 1, -1, tiny, -1e-40f, 1, -1, -1], Of(default(TanhMap), x), "tanh");
        TestNumbers.AssertSameBits(
            [float.NaN, infinity, -1, 0, 0, infinity, -1, tiny, -1e-40f, infinity, -1, -1],
            Of(default(ExpMinusOneMap), x), "exp − 1");
        TestNumbers.AssertSameBits(
            [float.NaN, infinity, 0, 0.6931472f, 0.6931472f, max, 0, 0.6931472f, 0.6931472f, 88.73f, 0, 0],
            Of(default(SoftplusMap), x), "softplus");
        TestNumbers.AssertSameBits(
            [float.NaN, 1, 0, 0.5f, 0.5f, 1, 0, 0.5f, 0.5f, 1, 0, 0], Of(default(NormalMap), x), "normal");
    }

    [Fact]
    public void Every_instruction_set_gives_the_same_bits()
    {
        foreach (var x in Sweep(step: 40_009))
        {
            Processor.Current = InstructionSet.Portable;
            float[] exp = Of(default(ExpMap), x), sigmoid = Of(default(SigmoidMap), x), tanh = Of(default(TanhMap), x);
            float[] expMinusOne = Of(default(ExpMinusOneMap), x);
            float[] softplus = Of(default(SoftplusMap), x), normal = Of(default(NormalMap), x);
            foreach (var set in Machine.Available)
            {
                Processor.Current = set;
                TestNumbers.AssertSameBits(exp, Of(default(ExpMap), x), $"exp, {set}");
                TestNumbers.AssertSameBits(sigmoid, Of(default(SigmoidMap), x), $"sigmoid, {set}");
                TestNumbers.AssertSameBits(tanh, Of(default(TanhMap), x), $"tanh, {set}");
                TestNumbers.AssertSameBits(expMinusOne, Of(default(ExpMinusOneMap), x), $"exp − 1, {set}");
                TestNumbers.AssertSameBits(softplus, Of(default(SoftplusMap), x), $"softplus, {set}");
                TestNumbers.AssertSameBits(normal, Of(default(NormalMap), x), $"normal, {set}");
            }
        }
    }

    private void Check<TMap>(
        TMap map,
        Func<double, double> exact,
        double maxUlps,
        bool normalOnly = false,
        uint step = 1009,
        Func<float, bool>? only = null)
        where TMap : struct, IUnaryFormula
    {
        double worst = 0, worstX = 0, worstSmall = 0;
        foreach (var x in Sweep(step))
        {
            var y = Of(map, x);
            for (var i = 0; i < x.Length; i++)
            {
                if (float.IsNaN(x[i]))
                {
                    Assert.True(float.IsNaN(y[i]));
                    continue;
                }
                if (only?.Invoke(x[i]) == false)
                    continue;
                var right = exact(x[i]);
                var error = Ulps(y[i], right);
                if (normalOnly && Math.Abs(right) < SmallestNormal)
                {
                    worstSmall = Math.Max(worstSmall, Math.Abs(y[i] - right));
                    continue;
                }
                if (!(error <= worst))
                    (worst, worstX) = (error, x[i]);
            }
        }
        output.WriteLine(
            $"{typeof(TMap).Name}: at most {worst:F4} units in the last place, at {worstX:R}; " +
            $"below the normal numbers at most {worstSmall:E2} off");
        Assert.True(
            worst <= maxUlps,
            $"At {worstX:R} the error is {worst} units in the last place; at most {maxUlps} are promised.");
        Assert.True(worstSmall < SmallestNormal);
    }

    /// <summary>The error in units in the last place of a float32 of the right size.</summary>
    private static double Ulps(float y, double exact)
    {
        if (float.IsInfinity(y) || double.IsInfinity(exact))
        {
            var isRight = float.IsInfinity(y)
                && Math.Abs(exact) > float.MaxValue
                && Math.Sign(y) == Math.Sign(exact);
            return isRight ? 0 : double.PositiveInfinity;
        }
        var exponent = exact == 0 ? -126 : Math.Max(Math.ILogB(exact), -126);
        return Math.Abs(y - exact) / Math.ScaleB(1, exponent - 23);
    }

    /// <summary>Every n-th of all float32 values, negative ones and NaNs included.</summary>
    private static IEnumerable<float[]> Sweep(uint step)
    {
        var part = new List<float>(65536);
        for (ulong bits = 0; bits <= uint.MaxValue; bits += step)
        {
            part.Add(BitConverter.UInt32BitsToSingle((uint)bits));
            if (part.Count == 65536)
            {
                yield return [.. part];
                part.Clear();
            }
        }
        yield return [.. part];
    }

    private static float[] Of<TMap>(TMap map, float[] x) where TMap : struct, IUnaryFormula
    {
        var y = new float[x.Length];
        Elementwise.Map(x, y, map);
        return y;
    }

    private readonly struct ExpMap : IUnaryFormula
    {
        public V Of<V>(V x) where V : struct, ILanes<V> => Functions.Exp(x);
    }

    private readonly struct SigmoidMap : IUnaryFormula
    {
        public V Of<V>(V x) where V : struct, ILanes<V> => Functions.Sigmoid(x);
    }

    private readonly struct TanhMap : IUnaryFormula
    {
        public V Of<V>(V x) where V : struct, ILanes<V> => Functions.Tanh(x);
    }

    private readonly struct ExpMinusOneMap : IUnaryFormula
    {
        public V Of<V>(V x) where V : struct, ILanes<V> => Functions.ExpMinusOne(x);
    }

    private readonly struct SoftplusMap : IUnaryFormula
    {
        public V Of<V>(V x) where V : struct, ILanes<V> => Functions.Softplus(x);
    }

    private readonly struct NormalMap : IUnaryFormula
    {
        public V Of<V>(V x) where V : struct, ILanes<V> => Functions.Normal(x, out _);
    }

    private readonly struct DensityMap : IUnaryFormula
    {
        public V Of<V>(V x) where V : struct, ILanes<V>
        {
            _ = Functions.Normal(x, out var density);
            return density;
        }
    }

    /// <summary>eˣ − 1 = tanh(x/2)·(eˣ + 1), where nothing cancels.</summary>
    private static double ExpMinusOne(double x) =>
        x > 700 ? double.PositiveInfinity : Math.Tanh(x / 2) * (Math.Exp(x) + 1);

    private static double Softplus(double x) => Math.Max(x, 0) + ScalarMath.LogOnePlus(Math.Exp(-Math.Abs(x)));

    /// <summary>Φ(x) from its Taylor series, or in the tail from Laplace's continued fraction.</summary>
    private static double NormalDistribution(double x)
    {
        var a = Math.Abs(x);
        if (a > 40)
            return x < 0 ? 0 : 1;
        var density = Math.Exp(-a * a / 2) / Math.Sqrt(2 * Math.PI);
        double above;
        if (a < 2.5)
        {
            double term = a, sum = a;
            for (var k = 3; k < 120; k += 2)
                sum += term *= a * a / k;
            above = 0.5 - density * sum;
        }
        else
        {
            var fraction = a;
            for (var k = 200; k > 0; k--)
                fraction = a + k / fraction;
            above = density / fraction;
        }
        return x < 0 ? above : 1 - above;
    }
}
