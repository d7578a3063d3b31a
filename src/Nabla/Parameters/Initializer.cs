namespace Nabla;

/// <summary>
/// How the initial weights are drawn. If they are too large, sigmoids start saturated; if they are too small, no
/// signal reaches the far layers; if they are all equal, all neurons of a layer stay equal for ever.
/// </summary>
/// <remarks>
/// The rules use the fan-in (inputs of a neuron) and the fan-out (outputs of the layer): <see cref="Glorot"/> for
/// sigmoid and tanh, <see cref="He"/> for the ReLU family. By default, a network uses the rule that suits the
/// activation that follows.
/// </remarks>
public sealed class Initializer
{
    private readonly Func<int, int, double> scale;
    private readonly bool uniform;

    private Initializer(string name, bool uniform, Func<int, int, double> scale)
    {
        Name = name;
        this.uniform = uniform;
        this.scale = scale;
    }

    /// <summary>Uniform in ±√(6 / (fan-in + fan-out)) (Glorot and Bengio, 2010, equation 16).</summary>
    public static Initializer Glorot { get; } =
        new("glorot", uniform: true, (fanIn, fanOut) => Math.Sqrt(6.0 / ((double)fanIn + fanOut)));

    /// <summary>Normal with the standard deviation √(2 / fan-in) (He, Zhang, Ren and Sun, 2015, equation 10).</summary>
    public static Initializer He { get; } = new("he", uniform: false, (fanIn, _) => Math.Sqrt(2.0 / fanIn));

    /// <summary>Normal with the standard deviation √(1 / fan-in)
    /// (LeCun, Bottou, Orr and Müller, 1998, equation 16).</summary>
    public static Initializer LeCun { get; } = new("lecun", uniform: false, (fanIn, _) => Math.Sqrt(1.0 / fanIn));

    /// <summary>Normal with a given standard deviation, whatever the layer's size.
    /// With 1, the classic choice that often starts saturated.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The deviation is not positive and finite.</exception>
    public static Initializer Normal(double deviation) => deviation > 0 && double.IsFinite(deviation)
        ? new("normal", uniform: false, (_, _) => deviation)
        : throw new ArgumentOutOfRangeException(
            nameof(deviation), deviation, "The deviation of initial weights must be positive and finite.");

    /// <summary>The name of the rule.</summary>
    public string Name { get; }

    /// <summary>Draws every value of <paramref name="weights"/>.</summary>
    public void Fill(Matrix weights, int fanIn, int fanOut, RandomGenerator random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var size = scale(fanIn, fanOut);
        foreach (ref var weight in weights.Values)
            weight = (float)(uniform ? random.NextUniform(-size, size) : size * random.NextNormal());
    }
}
