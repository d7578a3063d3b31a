using Nabla.Layers;

namespace Nabla.Optimizers;

/// <summary>A rule that turns a gradient into a step. It sees one row of numbers, never layers.</summary>
public abstract class Optimizer
{
    private ParameterBuffer? bound;

    /// <summary>Checks the first learning rate.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive and finite.</exception>
    protected Optimizer(double learningRate) => LearningRate = learningRate;

    /// <summary>The name by which the command knows it.</summary>
    public abstract string Name { get; }

    /// <summary>η, how far to go along the slope. May be changed between steps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive and finite.</exception>
    public double LearningRate
    {
        get;
        set => field = value > 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"The learning rate must be positive and finite, not {value}.");
    }

    /// <summary>Changes every parameter by one step against its gradient.</summary>
    /// <remarks>What it remembers from step to step belongs to one network; for another network, make another optimiser.</remarks>
    /// <exception cref="InvalidOperationException">It has updated another network before.</exception>
    public void Update(ParameterBuffer parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        bound ??= parameters;
        if (bound != parameters)
            throw new InvalidOperationException(
                $"This {Name} has updated another network before, and remembers its gradients. Make a new optimiser for each network.");
        Apply(parameters);
    }

    /// <summary>One step of the rule.</summary>
    protected abstract void Apply(ParameterBuffer parameters);

    /// <summary>Throws unless a share, such as momentum, is in [0, 1).</summary>
    internal static double Share(double value, string what) => value is >= 0 and < 1
        ? value
        : throw new ArgumentOutOfRangeException(what, value, $"The {what} must be at least 0 and less than 1, not {value}.");

    /// <summary>Throws unless a weight decay is a finite number that is not negative.</summary>
    internal static double Decay(double value) => value >= 0 && double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, $"The weight decay must not be negative, nor infinite; it is {value}.");
}
