using Nabla.Formulas;

namespace Nabla.Tests.Algebra;

/// <summary>Compares with the C library's functions, which are right to about half a unit in the last place.</summary>
public sealed class ScalarMathTests(ITestOutputHelper output)
{
    private readonly RandomGenerator random = new(3);

    [Fact]
    public void Exp_agrees_with_the_system() => Check(ScalarMath.Exp, Math.Exp, -708, 0, maxUlps: 4);

    [Fact]
    public void Exp_of_small_numbers_agrees_with_the_system() => Check(ScalarMath.Exp, Math.Exp, -1, 0, maxUlps: 2);

    [Fact]
    public void Log_agrees_with_the_system() =>
        Check(ScalarMath.Log, Math.Log, 1e-9, 1e9, maxUlps: 4, logarithmic: true);

    [Fact]
    public void Log_near_one_agrees_with_the_system() => Check(ScalarMath.Log, Math.Log, 0.5, 2, maxUlps: 4);

    [Fact]
    public void Log_of_one_plus_agrees_with_the_system() =>
        Check(ScalarMath.LogOnePlus, Kahan, 1e-300, 1, maxUlps: 4, logarithmic: true);

    [Fact]
    public void Log_of_one_plus_a_number_that_is_not_small_agrees_with_the_system() =>
        Check(ScalarMath.LogOnePlus, Kahan, 0, 1, maxUlps: 4);

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(1e6)]
    public void Sine_and_cosine_agree_with_the_system(double range)
    {
        var worst = 0.0;
        for (var i = 0; i < 100_000; i++)
        {
            var x = random.NextUniform(-range, range);
            var (sin, cos) = ScalarMath.SinCos(x);
            worst = Math.Max(worst, Math.Max(Math.Abs(sin - Math.Sin(x)), Math.Abs(cos - Math.Cos(x))));
        }
        output.WriteLine($"within ±{range}: at most {worst:E2} off");
        Assert.True(worst <= 1e-15);
    }

    [Fact]
    public void The_ends_of_the_range_are_right()
    {
        Assert.Equal(1, ScalarMath.Exp(0));
        Assert.Equal(0, ScalarMath.Exp(-709));
        Assert.Equal(0, ScalarMath.Exp(double.NegativeInfinity));
        Assert.True(double.IsNaN(ScalarMath.Exp(double.NaN)));
        Assert.Equal(0, ScalarMath.Log(1));
        Assert.Equal(double.PositiveInfinity, ScalarMath.Log(double.PositiveInfinity));
        Assert.True(double.IsNaN(ScalarMath.Log(double.NaN)));
        Assert.Equal(0, ScalarMath.LogOnePlus(0));
        Assert.True(double.IsNaN(ScalarMath.LogOnePlus(double.NaN)));
        Assert.Equal((0, 1), ScalarMath.SinCos(0));
    }

    /// <summary>
    /// ln(1 + x). The division takes the rounding of 1 + x out again (Goldberg, 1991, theorem 4, after Kahan).
    /// </summary>
    private static double Kahan(double x) => 1 + x == 1 ? x : Math.Log(1 + x) * x / (1 + x - 1);

    private void Check(
        Func<double, double> ours,
        Func<double, double> theirs,
        double from,
        double to,
        double maxUlps,
        bool logarithmic = false)
    {
        double worst = 0, worstX = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var x = logarithmic
                ? from * Math.Exp(random.NextDouble() * Math.Log(to / from))
                : random.NextUniform(from, to);
            double y = ours(x), right = theirs(x);
            var ulps = Math.Abs(y - right) / (Math.BitIncrement(Math.Abs(right)) - Math.Abs(right));
            if (!(ulps <= worst))
                (worst, worstX) = (ulps, x);
        }
        output.WriteLine($"at most {worst:F2} units in the last place, at {worstX:R}");
        Assert.True(worst <= maxUlps, $"At {worstX:R} the error is {worst} units in the last place.");
    }
}
