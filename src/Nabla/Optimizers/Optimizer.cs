namespace Nabla;

/// <summary>A rule that turns a gradient into a step. It sees one row of parameters, never layers.</summary>
/// <remarks>
/// <para>To write your own, derive from this class. Make the matrices that it remembers in <see cref="Allocate"/>, and
/// write the rule as an <see cref="Formulas.IOneMomentRule"/> or an <see cref="Formulas.ITwoMomentRule"/>, which
/// <see cref="Matrix.Update{TRule}(Matrix, Matrix, TRule)"/> runs over all weights at once.</para>
/// <para>What a custom optimiser remembers is not part of a checkpoint. So a training with it cannot be saved to be
/// resumed later.</para>
/// </remarks>
public abstract class Optimizer : IStateful
{
    private ParameterBuffer? bound;

    /// <summary>Checks the first learning rate.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive and finite.</exception>
    protected Optimizer(double learningRate) => LearningRate = learningRate;

    /// <summary>The name by which the command knows it.</summary>
    public abstract string Name { get; }

    /// <summary>η, the factor between the slope and the step. May be changed between steps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive and finite.</exception>
    public double LearningRate
    {
        get;
        set => field = value > 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(value), value, $"The learning rate must be positive and finite, not {value}.");
    }

    /// <summary>Changes every parameter by one step against its gradient.</summary>
    /// <remarks>
    /// What it remembers from step to step belongs to one network; for another network, make another optimiser.
    /// </remarks>
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

    /// <summary>Whether it has a network already.</summary>
    internal bool IsBound => bound is not null;

    /// <summary>
    /// Binds it to a network, with nothing remembered yet. The first step does so by itself; code that restores a saved
    /// state does it before.
    /// </summary>
    internal void Bind(ParameterBuffer parameters)
    {
        if (bound is not null && bound != parameters)
            throw new InvalidOperationException(
                $"This {Name} has updated another network before, and remembers its gradients. " +
                "Make a new optimiser for each network.");
        if (bound is null)
            Allocate(parameters);
        bound = parameters;
    }

    /// <summary>Forgets everything, as if it were new.</summary>
    internal void Forget() => bound = null;

    /// <summary>
    /// Makes the matrices that it remembers from step to step, all 0. Called before the first step. Nothing, for a rule
    /// that remembers nothing.
    /// </summary>
    /// <remarks>
    /// It must reset everything that the optimiser remembers, such as a count of steps: it is called again when the
    /// optimiser has to forget its steps, as after a <see cref="LearningRateFinder"/> has tried rates with it.
    /// </remarks>
    /// <param name="parameters">The parameters that it will update, all in one row.</param>
    protected virtual void Allocate(ParameterBuffer parameters)
    {
    }

    /// <summary>
    /// Visits what it remembers from step to step. The learning rate is a setting, and not part of it.
    /// </summary>
    internal virtual void Visit(StateVisitor state)
    {
    }

    /// <summary>
    /// Its settings as text, without the learning rate: a training is resumed only with the same ones.
    /// </summary>
    internal virtual string Settings => "";

    /// <summary>
    /// Whether it cannot make a step, because at this learning rate its weight decay would shrink the weights to 0 or
    /// change their sign.
    /// </summary>
    internal virtual bool DecaysTooFast => false;

    /// <summary>
    /// Whether <see cref="Visit"/> shows all that it remembers. One that is derived outside the library cannot.
    /// </summary>
    internal bool ShowsAll => GetType().Assembly == typeof(Optimizer).Assembly;

    void IStateful.Visit(StateVisitor state) => Visit(state);

    /// <summary>Throws unless a share, such as momentum, is in [0, 1).</summary>
    internal static double Share(double value, string what) => value is >= 0 and < 1
        ? value
        : throw new ArgumentOutOfRangeException(
            what, value, $"The {what} must be at least 0 and less than 1, not {value}.");

    /// <summary>Throws unless it is positive and finite as a float32.</summary>
    internal static double PositiveEpsilon(double value, string owner) => (float)value > 0 && double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(
            nameof(value), value, $"{owner} epsilon must be a positive, finite float32, not {value}.");
}
