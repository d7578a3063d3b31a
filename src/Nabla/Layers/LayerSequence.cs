namespace Nabla;

/// <summary>Layers one after the other: what a <see cref="Network"/> consists of. Forward goes through them from the first to the last, backward from the last to the first.</summary>
internal sealed class LayerSequence
{
    private readonly Layer[] layers;

    /// <summary>Joins the layers: each is told the shape that enters it, and says the one that leaves.</summary>
    /// <param name="input">The shape of one example.</param>
    /// <param name="layers">The layers, from the input on.</param>
    /// <param name="place">What a layer is called in messages: “Layer”.</param>
    /// <exception cref="ArgumentException">A layer cannot take what enters it; the message names it and the one before.</exception>
    public LayerSequence(Shape input, IEnumerable<Layer> layers, string place = "Layer")
    {
        if (input.Channels <= 0 || input.Height <= 0 || input.Width <= 0)
            throw new ArgumentException($"The input is {input.Channels} × {input.Height} × {input.Width}, but each of these must be at least 1.");
        this.layers = [.. layers];
        Input = Output = input;
        for (var l = 0; l < this.layers.Length; l++)
            try
            {
                if (l > 0 && this.layers[l].MustBeFirst)
                    throw ShapeException.Because("it must be the first layer, for what enters it has no derivative.");
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

    /// <summary>The shape of what leaves the last layer.</summary>
    public Shape Output { get; }

    /// <summary>
    /// All that a model file keeps, in order: what the layers learn and their <see cref="Layer.State"/>, named as a <c>torch.nn.Sequential</c> names
    /// them, “0.weight”.
    /// </summary>
    public static IEnumerable<(string Name, Parameter Parameter)> Named(IReadOnlyList<Layer> layers, string prefix = "") =>
        layers.SelectMany((layer, l) => layer.Inner.Count > 0
            ? Named(layer.Inner, $"{prefix}{l}.")
            : layer.Parameters.Concat(layer.State).Select(parameter => ($"{prefix}{l}.{parameter.Name}", parameter)));

    /// <summary>Draws the initial weights of each layer, as suits the activation that follows it.</summary>
    /// <param name="randomOf">Where to draw those of layer l from.</param>
    /// <param name="atTheEnd">What suits what follows the last layer.</param>
    public void Initialize(Func<int, RandomGenerator> randomOf, Initializer atTheEnd)
    {
        for (var l = 0; l < layers.Length; l++)
            layers[l].Initialize(InitializerAfter(l, atTheEnd), randomOf(l));
    }

    /// <summary>Sends a batch through all layers: a⁰ = x, aˡ = layer l of aˡ⁻¹. Returns the last, which belongs to the pass.</summary>
    public Matrix Forward(Matrix x, Pass pass)
    {
        var batch = x.Rows;
        layers[0].Forward(x, y: pass.Activation(0, batch), pass);   // before the loop, in which then no view is copied
        for (var l = 1; l < layers.Length; l++)                     // from aˡ⁻¹ to aˡ
            layers[l].Forward(x: pass.Activation(l - 1, batch), y: pass.Activation(l, batch), pass);
        return pass.Activation(layers.Length - 1, batch);
    }

    /// <summary>
    /// The chain rule, link by link: from ∂C/∂aᴸ, which the pass holds already, to ∂C/∂x, leaving on the way the gradient of each parameter.
    /// </summary>
    /// <param name="x">What went forward.</param>
    /// <param name="dX">To be overwritten with ∂C/∂x; empty if nobody asks.</param>
    /// <param name="pass">The pass of <see cref="Forward"/>.</param>
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

    /// <summary>What suits the activation that follows layer <paramref name="l"/>, before the next layer that has weights.</summary>
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
