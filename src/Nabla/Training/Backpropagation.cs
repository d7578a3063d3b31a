namespace Nabla;

/// <summary>
/// Backpropagation: computes the cost C of a batch, and ∂C/∂w of every parameter: how much the cost changes with it.
/// </summary>
/// <remarks>
/// <para>Forward, each layer maps the activation of the layer before it to its own: a⁰ = x, aˡ⁺¹ = fˡ(aˡ). The loss
/// compares the last one, aᴸ, with the target: that is the cost.</para>
/// <para>Backward, the chain rule follows the same path in reverse. ∂C/∂aᴸ comes from the loss. Each layer receives
/// ∂C/∂ of its output, and answers two questions: how does the cost change with my input (∂C/∂aˡ, which the layer
/// before it needs), and how does it change with my own parameters (their gradients)?</para>
/// <para>Rumelhart, Hinton and Williams, “Learning representations by back-propagating errors”, 1986.</para>
/// </remarks>
public sealed class Backpropagation
{
    private readonly Network network;
    private readonly Layer[] layers;
    private readonly Loss loss;
    private readonly RandomGenerator random;
    private readonly Matrix[] a;                        // a[l] enters layer l, a[l + 1] leaves it; a[0] is x
    private readonly Matrix[] dC_da;                    // ∂C/∂a[l]; dC_da[0] is empty, since nothing comes before x
    private Pass pass;                                  // the buffers behind them, and what layers remember

    /// <summary>Backpropagation through a network, for a loss.</summary>
    /// <param name="network">
    /// The network. Its gradients will be overwritten, its parameters will not. The running statistics of a batch
    /// normalisation move, as in training.
    /// </param>
    /// <param name="loss">The cost.</param>
    /// <param name="random">The random numbers of layers such as dropout; if null, those of seed 0.</param>
    /// <exception cref="ArgumentException">The network does not fit the loss.</exception>
    public Backpropagation(Network network, Loss loss, RandomGenerator? random = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(loss);
        Compatibility.Check(network, loss);
        (this.network, this.loss, layers) = (network, loss, [.. network.Layers]);
        this.random = random ?? new RandomGenerator(0);
        (a, dC_da) = (new Matrix[layers.Length + 1], new Matrix[layers.Length + 1]);
        pass = network.TrainingPass(capacity: 0, this.random);
    }

    /// <summary>Computes the cost of a batch and leaves ∂C/∂w of every parameter in the network's gradients.</summary>
    /// <param name="x">(B, inputs): one example per row.</param>
    /// <param name="target">(B, outputs): what the network should give.</param>
    /// <returns>C, the mean cost over the batch.</returns>
    /// <exception cref="ArgumentException">A matrix has the wrong shape.</exception>
    public double Run(Matrix x, Matrix target)
    {
        Prepare(x);

        for (var l = 0; l < layers.Length; l++)                     // forward: a⁰ = x, aˡ⁺¹ = layer l of aˡ
            layers[l].Forward(x: a[l], y: a[l + 1], pass);

        var cost = loss.Forward(a[^1], target);                     // C
        loss.Backward(a[^1], target, dC_da[^1]);                    // ∂C/∂aᴸ: where backpropagation starts

        for (var l = layers.Length - 1; l >= 0; l--)                // backward, the chain rule: from ∂C/∂aˡ⁺¹ to ∂C/∂aˡ
            layers[l].Backward(x: a[l], y: a[l + 1], dY: dC_da[l + 1], dX: dC_da[l], pass);
        return cost;
    }

    /// <summary>
    /// aˡ of the last batch: the input of layer <paramref name="l"/>; for l = L, the output of the last layer.
    /// </summary>
    /// <param name="l">From 0, the batch itself, to the number of layers.</param>
    public ReadOnlyMatrix Activation(int l) => a[l];

    /// <summary>∂C/∂aˡ of the last batch. It is empty for l = 0, which no layer needs.</summary>
    /// <param name="l">From 0 to the number of layers.</param>
    public ReadOnlyMatrix Derivative(int l) => dC_da[l];

    /// <summary>
    /// Sets a⁰ to the batch, and the others to as many rows of their buffers as the batch has examples.
    /// </summary>
    private void Prepare(Matrix x)
    {
        x.CheckShape(x.Rows, network.Inputs, "The batch");
        if (pass.Capacity < x.Rows)
            pass = network.TrainingPass(x.Rows, random);
        a[0] = x;
        for (var l = 0; l < layers.Length; l++)
            (a[l + 1], dC_da[l + 1]) = (pass.Activation(l, x.Rows), pass.Derivative(l, x.Rows));
    }
}
