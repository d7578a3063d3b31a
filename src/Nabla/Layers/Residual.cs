namespace Nabla;

/// <summary>
/// Layers with a way around them: y = x + F(x), where F is the layers, one after the other (He, Zhang, Ren and Sun,
/// 2016, equation 1).
/// </summary>
/// <remarks>
/// The layers only have to learn the difference from x. Backward, ∂C/∂x = ∂C/∂y + (∂F/∂x)ᵀ·∂C/∂y, so the derivative
/// reaches the layers before it undiminished, through any number of residuals. The output of F must have the shape of
/// its input. In files, tensors are named as in a <c>torch.nn.Sequential</c> in which this is a <c>Sequential</c> too:
/// “3.0.weight” belongs to the first layer inside the fourth.
/// </remarks>
public sealed class Residual : Layer
{
    private readonly Layer[] layers;
    private LayerSequence? sequence;

    /// <summary>A residual of these layers.</summary>
    /// <exception cref="ArgumentException">There are no layers, or one is null.</exception>
    public Residual(params Layer[] layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        if (layers.Length == 0)
            throw new ArgumentException(
                "A residual needs at least one layer, as in \"residual (dense 16, relu, dense 16)\".", nameof(layers));
        if (layers.Contains(null))
            throw new ArgumentException("A layer of the residual is null.", nameof(layers));
        this.layers = [.. layers];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Layer> Inner => layers;

    /// <inheritdoc/>
    public override string Description => $"residual ({string.Join(", ", layers.Select(layer => layer.Description))})";

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [.. layers.SelectMany(layer => layer.Parameters)];

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> State => [.. layers.SelectMany(layer => layer.State)];

    /// <inheritdoc/>
    public override int? Inputs => layers[0].Inputs;

    /// <summary>The initialiser for the first activation inside, if no weights come before it.</summary>
    public override Initializer? PreferredInitializer => layers
        .TakeWhile(layer => !layer.HasWeights)
        .Select(layer => layer.PreferredInitializer)
        .FirstOrDefault(suits => suits is not null);

    /// <inheritdoc/>
    internal override bool HasWeights => false;                         // x also goes around them

    private LayerSequence Sequence => sequence ?? throw new InvalidOperationException(
        "This residual belongs to no network yet. Put it into a Network first.");

    /// <inheritdoc/>
    protected override Shape Build(Shape input)
    {
        if (layers[0].MustBeFirst)
            throw ShapeException.Because(
                $"{layers[0].Name} must be the first layer of a network, and cannot have a way around it.");
        try
        {
            sequence = new LayerSequence(input, layers, place: "inner layer");
        }
        catch (ArgumentException e) when (e.InnerException is ShapeException)
        {
            throw ShapeException.Because(e.Message);
        }
        return sequence.Output == input
            ? input
            : throw ShapeException.Because(
                $"its layers must give what enters, {input}, so that both can be added, " +
                $"but they give {sequence.Output}.");
    }

    /// <inheritdoc/>
    public override void Initialize(Initializer suggested, RandomGenerator random) =>
        Sequence.Initialize(_ => random, suggested);

    /// <inheritdoc/>
    public override int KinkSignature(Matrix x, Pass pass)
    {
        var inside = pass.Through(Sequence);
        var piece = 0;
        for (var l = 0; l < layers.Length; l++)
            piece = 31 * piece + layers[l].KinkSignature(l == 0 ? x : inside.Activation(l - 1, x.Rows), inside);
        return piece;
    }

    /// <inheritdoc/>
    public override void Forward(Matrix x, Matrix y, Pass pass) =>
        y.Set(x, Sequence.Forward(x, pass.Through(Sequence)), default(Plus));     // y = x + F(x)

    /// <inheritdoc/>
    public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
    {
        var inside = pass.Through(Sequence);
        dY.Values.CopyTo(inside.Derivative(layers.Length - 1, x.Rows).Values);
        Sequence.Backward(x, dX, inside);                                      // ∂C/∂x through F
        if (!dX.IsEmpty)
            dX.Set(dX, dY, default(Plus));                                  // and around it
    }
}
