namespace Nabla.Inspection;

/// <summary>
/// The cost of a batch after its network's weights were changed a little, and whether a kink was crossed on the way. It is the cost of training, with
/// the same random numbers each time, since that is the cost whose gradient is checked.
/// </summary>
internal sealed class CostProbe
{
    private readonly Network network;
    private readonly Loss loss;
    private readonly Matrix x, target;
    private readonly Pass pass;
    private readonly RandomState random;
    private readonly int[] pieces;

    public CostProbe(Network network, Loss loss, Matrix x, Matrix target)
    {
        (this.network, this.loss, this.x, this.target) = (network, loss, x, target);
        var drawn = new RandomGenerator(0);
        pass = network.TrainingPass(x.Rows, drawn);
        random = drawn.State;
        pieces = Pieces(network.Forward(x, pass));
    }

    /// <summary>The cost with the weights as they are now, which is <paramref name="offset"/> from where they were.</summary>
    public FunctionSample At(double offset)
    {
        pass.Random!.State = random;
        var output = network.Forward(x, pass);
        return new(offset, loss.Forward(output, target), Pieces(output).AsSpan().SequenceEqual(pieces));
    }

    private int[] Pieces(Matrix output) =>
        [.. network.Layers.Select((layer, l) => layer.KinkSignature(l == 0 ? x : pass.Activation(l - 1, x.Rows), pass)), loss.KinkSignature(output, target)];
}
