namespace Nabla;

/// <summary>
/// One step of a network: y = f(x) for a batch of examples, one a row, and the way back: given ∂C/∂y, it finds
/// ∂C/∂x and the derivatives with respect to its own parameters.
/// </summary>
/// <remarks>
/// To write a layer of your own, derive from this class, then hold it against
/// <c>GradientCheck</c>, which computes the same derivatives by trying.
/// </remarks>
public abstract class Layer
{
    /// <summary>The layer's name in messages and tables, “Dense”.</summary>
    public virtual string Name => GetType().Name;

    /// <summary>How the layer is written in a list of layers, “dense 16”.</summary>
    public virtual string Description => Name.ToLowerInvariant();

    /// <summary>How many inputs it takes, if it was told; null if it takes what comes.</summary>
    public virtual int? Inputs => null;

    /// <summary>The shape of one example that enters, once the layer belongs to a network.</summary>
    public Shape InputShape { get; private set; }

    /// <summary>The shape of one example that leaves, once the layer belongs to a network.</summary>
    public Shape OutputShape { get; private set; }

    /// <summary>What it learns; nothing, for most.</summary>
    public virtual IReadOnlyList<Parameter> Parameters => [];

    /// <summary>What it keeps beside that, and a model file with it, though no gradient moves it: the running statistics of a normalisation. Nothing, for most.</summary>
    public virtual IReadOnlyList<Parameter> State => [];

    /// <summary>The layers inside this one, if it is made of others.</summary>
    public virtual IReadOnlyList<Layer> Inner => [];

    /// <summary>The initial weights that suit a layer whose outputs enter this one; null if it does not matter here.</summary>
    public virtual Initializer? PreferredInitializer => null;

    /// <summary>Whether it mixes what enters by weights of its own, so that what comes after it does not matter to the initial weights before it.</summary>
    internal virtual bool HasWeights => Parameters.Any(parameter => !parameter.IsVector);

    /// <summary>Between which numbers its outputs lie, whatever enters: 0 and 1 for a sigmoid; infinite where nothing bounds them.</summary>
    public virtual (float Least, float Most) Range => (float.NegativeInfinity, float.PositiveInfinity);

    /// <summary>Whether nothing can come before it.</summary>
    internal virtual bool MustBeFirst => false;

    /// <summary>
    /// Fits the layer to what enters it, and says what leaves. Here the parameters are made whose size depends on it. It may be called again, with
    /// another shape, until the layer belongs to a network.
    /// </summary>
    /// <param name="input">The shape of one example that enters.</param>
    /// <returns>The shape of one example that leaves.</returns>
    /// <exception cref="ShapeException">The layer cannot take this shape.</exception>
    protected virtual Shape Build(Shape input) => input;

    /// <summary>Draws the initial values of its parameters, and resets its state.</summary>
    /// <param name="suggested">What suits the activation that follows; a layer may have been told otherwise.</param>
    /// <param name="random">Where to draw from.</param>
    public virtual void Initialize(Initializer suggested, RandomGenerator random)
    {
    }

    /// <summary>
    /// A number that tells on which smooth piece of f the batch lies: it changes where x crosses a kink, such as the 0 of a ReLU,
    /// so that a gradient check can stay on one side. Always 0 for a layer without kinks.
    /// </summary>
    /// <param name="x">(B, inputs): a batch.</param>
    /// <param name="pass">The pass in which it went forward last.</param>
    public virtual int KinkSignature(Matrix x, Pass pass) => 0;

    /// <summary>y = f(x).</summary>
    /// <param name="x">
    /// (B, inputs): what enters, one example a row. Do not write into it. It belongs to the caller or to the layer
    /// before, and the backward passes of that layer and of this one read it again: they would see what was written.
    /// </param>
    /// <param name="y">(B, outputs): to be overwritten with what leaves.</param>
    /// <param name="pass">Whether this is training, the random numbers for it, and room to remember what <see cref="Backward"/> will need.</param>
    public abstract void Forward(Matrix x, Matrix y, Pass pass);

    /// <summary>
    /// The chain rule, one link: from ∂C/∂y to ∂C/∂x, and to the gradient of each parameter. All are overwritten, not added to.
    /// </summary>
    /// <param name="x">(B, inputs): what entered.</param>
    /// <param name="y">(B, outputs): what left.</param>
    /// <param name="dY">(B, outputs): ∂C/∂y.</param>
    /// <param name="dX">(B, inputs): to be overwritten with ∂C/∂x; empty for the first layer, where nobody asks.</param>
    /// <param name="pass">The pass that <see cref="Forward"/> was given.</param>
    public abstract void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass);

    /// <summary>Whether it is part of a network; it can be of one only.</summary>
    internal bool BelongsToNetwork { get; private set; }

    /// <summary>This layer, and all that are inside it.</summary>
    internal IEnumerable<Layer> WithInner() => Inner.SelectMany(layer => layer.WithInner()).Prepend(this);

    internal Shape BuildFor(Shape input)
    {
        if (Inputs is { } expected && expected != input.Size)
            throw new ShapeException($"{expected} inputs");
        (InputShape, OutputShape) = (input, Build(input));
        return OutputShape;
    }

    internal void SetBelongsToNetwork()
    {
        BelongsToNetwork = true;
        foreach (var layer in Inner)
            layer.SetBelongsToNetwork();
    }
}
