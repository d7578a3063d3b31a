using Nabla.Kernels;

namespace Nabla.Training;

/// <summary>How the learning rate changes: a factor for each moment of the training, from its start (0) to its end (1).</summary>
public sealed class Schedule
{
    private readonly Func<double, double> factor;

    private Schedule(string name, Func<double, double> factor)
    {
        Name = name;
        this.factor = factor;
    }

    /// <summary>The same learning rate throughout.</summary>
    public static Schedule Constant { get; } = new("constant", _ => 1);

    /// <summary>Half a wave of a cosine, from the full learning rate down to 0 (Loshchilov and Hutter, 2017, equation 5).</summary>
    public static Schedule Cosine { get; } = new("cosine", progress => (1 + PortableMath.SinCos(Math.PI * progress).Cos) / 2);

    /// <summary>One of your own.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="factor">What to multiply the learning rate by, more than 0, when a share of the training, from 0 up to but not including 1, is done.</param>
    public static Schedule Custom(string name, Func<double, double> factor)
    {
        ArgumentNullException.ThrowIfNull(factor);
        return new(name, factor);
    }

    /// <summary>The name by which the command knows it.</summary>
    public string Name { get; }

    /// <summary>What the learning rate is multiplied by.</summary>
    /// <param name="progress">How much of the training is done, from 0 to 1.</param>
    public double Factor(double progress) => factor(progress);
}
