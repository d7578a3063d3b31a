namespace Nabla;

/// <summary>
/// Layers one after the other, as in a <see cref="Network"/>. The forward pass runs them from the first to the last,
/// the backward pass from the last to the first.
/// </summary>
internal sealed class LayerSequence
{
    private readonly Layer[] layers;

    /// <summary>Joins the layers: passes each its input shape, and takes its output shape for the next.</summary>
    /// <param name="input">The shape of one example.</param>
    /// <param name="layers">The layers, from the input on.</param>
    /// <param name="place">What a layer is called in messages: “Layer”.</param>
    /// <exception cref="ArgumentException">
    /// A layer cannot take its input; the message names it and the layer before it.
    /// </exception>
    public LayerSequence(Shape input, IEnumerable<Layer> layers, string place = "Layer")
    {
        if (input.Channels <= 0 || input.Height <= 0 || input.Width <= 0)
            throw new ArgumentException(
                $"The input is {input.Channels} × {input.Height} × {input.Width}, " +
                "but each of these must be at least 1.");
        this.layers = [.. layers];
        Input = Output = input;
        for (var l = 0; l < this.layers.Length; l++)
            try
            {
                if (l > 0 && this.layers[l].MustBeFirst)
                    throw ShapeException.Because("it must be the first layer, because its input has no derivative.");
                Output = this.layers[l].BuildFor(Output);
            }
            catch (ShapeException e)
            {
                throw new ArgumentException(e.InPlace(place, this.layers, l, Output), e);
            }
    }

    /// <summary>The layers, from the input on.</summary>
    public IReadOnlyList<Layer> Layers => layers;

    /// <summary>The shape of one example.</summary>
    public Shape Input { get; }

    /// <summary>The shape of the output of the last layer.</summary>
    public Shape Output { get; }

    /// <summary>
    /// Everything that a model file stores, in order: what the layers learn and their <see cref="Layer.State"/>,
    /// named as in a <c>torch.nn.Sequential</c>, “0.weight”.
    /// </summary>
    public static IEnumerable<(string Name, Parameter Parameter)> Named(
        IReadOnlyList<Layer> layers, string prefix = "") =>
        layers.SelectMany((layer, l) => layer.Inner.Count > 0
            ? Named(layer.Inner, $"{prefix}{l}.")
            : layer.Parameters.Concat(layer.State).Select(parameter => ($"{prefix}{l}.{parameter.Name}", parameter)));

    /// <summary>Draws the initial weights of each layer, to suit the activation that follows it.</summary>
    /// <param name="randomOf">The random numbers for layer l.</param>
    /// <param name="atTheEnd">The initialiser that suits what follows the last layer.</param>
    public void Initialize(Func<int, RandomGenerator> randomOf, Initializer atTheEnd)
    {
        for (var l = 0; l < layers.Length; l++)
            layers[l].Initialize(InitializerAfter(l, atTheEnd), randomOf(l));
    }

    /// <summary>
    /// Runs a batch through all layers: a⁰ = x, aˡ = layer l of aˡ⁻¹. Returns the last output, which belongs to the
    /// pass.
    /// </summary>
    public Matrix Forward(Matrix x, Pass pass)
    {
        var batch = x.Rows;
        layers[0].Forward(x, y: pass.Activation(0, batch), pass);   // outside the loop, which then copies no view
        for (var l = 1; l < layers.Length; l++)                     // from aˡ⁻¹ to aˡ
            layers[l].Forward(x: pass.Activation(l - 1, batch), y: pass.Activation(l, batch), pass);
        return pass.Activation(layers.Length - 1, batch);
    }

    /// <summary>
    /// The chain rule, layer by layer: from ∂C/∂aᴸ, which the pass already holds, to ∂C/∂x. It leaves the gradient of
    /// each parameter behind.
    /// </summary>
    /// <param name="x">The input of the forward pass.</param>
    /// <param name="dX">To be overwritten with ∂C/∂x; empty if it is not needed.</param>
    /// <param name="pass">The pass that <see cref="Forward"/> used.</param>
    public void Backward(Matrix x, Matrix dX, Pass pass)
    {
        for (var l = layers.Length - 1; l >= 0; l--)                // from ∂C/∂aˡ to ∂C/∂aˡ⁻¹
        {
            var first = l == 0;
            layers[l].Backward(
                x: first ? x : pass.Activation(l - 1, x.Rows),
                y: pass.Activation(l, x.Rows),
                dY: pass.Derivative(l, x.Rows),
                dX: first ? dX : pass.Derivative(l - 1, x.Rows),
                pass);
        }
    }

    /// <summary>
    /// The initialiser that suits the activation that follows layer <paramref name="l"/>, before the next layer with
    /// weights.
    /// </summary>
    private Initializer InitializerAfter(int l, Initializer atTheEnd)
    {
        foreach (var layer in layers.Skip(l + 1))
        {
            if (layer.PreferredInitializer is { } suits)
                return suits;
            if (layer.HasWeights)
                return Initializer.Glorot;
        }
        return atTheEnd;
    }
}
