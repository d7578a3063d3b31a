namespace Nabla;

/// <summary>
/// One step of a network. The forward pass computes y = f(x) for a batch of examples, one a row. The backward pass
/// takes ∂C/∂y and computes ∂C/∂x and the derivatives with respect to the layer's own parameters.
/// </summary>
/// <remarks>
/// To write a layer of your own, derive from this class, then check it with
/// <c>GradientCheck</c>, which computes the same derivatives numerically.
/// </remarks>
public abstract class Layer
{
    /// <summary>The layer's name in messages and tables: “Dense”.</summary>
    public virtual string Name => GetType().Name;

    /// <summary>The layer as it is written in a list of layers: “dense 16”.</summary>
    public virtual string Description => Name.ToLowerInvariant();

    /// <summary>The number of inputs, if it was given to the layer; null if the layer accepts any.</summary>
    public virtual int? Inputs => null;

    /// <summary>The shape of one input example, once the layer belongs to a network.</summary>
    public Shape InputShape { get; private set; }

    /// <summary>The shape of one output example, once the layer belongs to a network.</summary>
    public Shape OutputShape { get; private set; }

    /// <summary>What the layer learns; empty for most layers.</summary>
    public virtual IReadOnlyList<Parameter> Parameters => [];

    /// <summary>What the layer keeps besides its parameters, and a model file stores, although it has no gradient:
    /// the running statistics of a normalisation. Empty for most layers.</summary>
    public virtual IReadOnlyList<Parameter> State => [];

    /// <summary>The layers inside this one, if it is made of others.</summary>
    public virtual IReadOnlyList<Layer> Inner => [];

    /// <summary>The initial weights that suit a layer whose outputs enter this one;
    /// null if they do not matter to this one.</summary>
    public virtual Initializer? PreferredInitializer => null;

    /// <summary>Whether the layer mixes its inputs by its own weights.
    /// Then the layers after it do not affect the choice of the initial weights before it.</summary>
    internal virtual bool HasWeights => Parameters.Any(parameter => !parameter.IsVector);

    /// <summary>The range of the outputs for any input: 0 and 1 for a sigmoid;
    /// infinite if they are not bounded.</summary>
    public virtual (float Least, float Most) Range => (float.NegativeInfinity, float.PositiveInfinity);

    /// <summary>
    /// For a layer that applies a function to each value: its slope f′ as a formula in z, the input, and a, the output,
    /// such as “a·(1 − a)”. For people; null for all other layers.
    /// </summary>
    public virtual string? SlopeFormula => null;

    /// <summary>Whether the layer must be the first of a network.</summary>
    internal virtual bool MustBeFirst => false;

    /// <summary>
    /// Fits the layer to the shape of its input, and returns the shape of its output. Parameters whose size depends
    /// on the input are created here. It may be called again, with another shape, until the layer belongs to a network.
    /// </summary>
    /// <param name="input">The shape of one input example.</param>
    /// <returns>The shape of one output example.</returns>
    /// <exception cref="ShapeException">The layer cannot take this shape.</exception>
    protected virtual Shape Build(Shape input) => input;

    /// <summary>Draws the initial values of the parameters, and resets the state.</summary>
    /// <param name="suggested">The initializer that suits the activation that follows;
    /// a layer may have its own.</param>
    /// <param name="random">The generator to draw from.</param>
    public virtual void Initialize(Initializer suggested, RandomGenerator random)
    {
    }

    /// <summary>
    /// A number that identifies the smooth piece of f on which the batch lies. It changes where x crosses a kink,
    /// such as the 0 of a ReLU, so that a gradient check can stay on one side. Always 0 for a layer without kinks.
    /// </summary>
    /// <param name="x">(B, inputs): a batch.</param>
    /// <param name="pass">The pass of its last forward pass.</param>
    public virtual int KinkSignature(Matrix x, Pass pass) => 0;

    /// <summary>Computes y = f(x).</summary>
    /// <param name="x">(B, inputs): the inputs, one example a row. Do not write into it: it belongs to the caller or to
    /// the layer before, and the backward passes of both layers read it again.</param>
    /// <param name="y">(B, outputs): overwritten with the outputs.</param>
    /// <param name="pass">Whether this is training, the random numbers for it,
    /// and scratch buffers for what <see cref="Backward"/> will need.</param>
    public abstract void Forward(Matrix x, Matrix y, Pass pass);

    /// <summary>
    /// Applies the chain rule, one link: from ∂C/∂y to ∂C/∂x and to the gradient of each parameter. All are
    /// overwritten, not added to.
    /// </summary>
    /// <param name="x">(B, inputs): the inputs.</param>
    /// <param name="y">(B, outputs): the outputs.</param>
    /// <param name="dY">(B, outputs): ∂C/∂y.</param>
    /// <param name="dX">(B, inputs): overwritten with ∂C/∂x; empty for the first layer, where it is not needed.</param>
    /// <param name="pass">The pass that <see cref="Forward"/> was called with.</param>
    public abstract void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass);

    /// <summary>Whether the layer is part of a network; it can be part of only one.</summary>
    internal bool BelongsToNetwork { get; private set; }

    /// <summary>This layer, and all layers inside it.</summary>
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
