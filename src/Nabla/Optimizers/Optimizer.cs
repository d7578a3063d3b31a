namespace Nabla;

/// <summary>A rule that turns a gradient into a step. It sees one row of numbers, never layers.</summary>
public abstract class Optimizer : IStateful
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
        if (bound != parameters)
            Bind(parameters);
        Apply(parameters);
    }

    /// <summary>One step of the rule.</summary>
    protected abstract void Apply(ParameterBuffer parameters);

    /// <summary>Whether it serves a network already.</summary>
    internal bool IsBound => bound is not null;

    /// <summary>Serves this network from now on, with nothing remembered yet. It does so by itself before its first step; whoever puts back a saved state does it first.</summary>
    internal void Bind(ParameterBuffer parameters)
    {
        if (bound is not null && bound != parameters)
            throw new InvalidOperationException(
                $"This {Name} has updated another network before, and remembers its gradients. Make a new optimiser for each network.");
        if (bound is null)
            Allocate(parameters);
        bound = parameters;
    }

    /// <summary>Forgets everything, as if it had just been made.</summary>
    internal void Forget() => bound = null;

    /// <summary>Makes room for what it remembers of these parameters, and starts from nothing.</summary>
    internal virtual void Allocate(ParameterBuffer parameters)
    {
    }

    /// <summary>Shows what it remembers from step to step. The learning rate is a setting, and not part of it.</summary>
    internal virtual void Visit(StateVisitor state)
    {
    }

    /// <summary>Its settings as text, but for the learning rate: a training goes on only with the same ones.</summary>
    internal virtual string Settings => "";

    /// <summary>Whether it can make no step, since at this learning rate its weight decay would shrink the weights to nothing, or past it.</summary>
    internal virtual bool DecaysTooFast => false;

    /// <summary>Whether it shows all that it remembers; one that is derived elsewhere cannot.</summary>
    internal bool ShowsAll => GetType().Assembly == typeof(Optimizer).Assembly;

    void IStateful.Visit(StateVisitor state) => Visit(state);

    /// <summary>Throws unless a share, such as momentum, is in [0, 1).</summary>
    internal static double Share(double value, string what) => value is >= 0 and < 1
        ? value
        : throw new ArgumentOutOfRangeException(what, value, $"The {what} must be at least 0 and less than 1, not {value}.");

    /// <summary>Throws unless it can stand in a division of float32 numbers.</summary>
    internal static double PositiveEpsilon(double value, string owner) => (float)value > 0 && double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, $"{owner} epsilon must be a positive, finite float32, not {value}.");
}
