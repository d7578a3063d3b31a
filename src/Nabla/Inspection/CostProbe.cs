namespace Nabla.Inspection;

/// <summary>
/// Computes the cost of a batch after a small change of the network's weights, and whether the change crossed a kink.
/// It is the cost of training, with the same random numbers each time, because that is the cost whose gradient is
/// checked.
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
        var generator = new RandomGenerator(0);
        pass = network.TrainingPass(x.Rows, generator);
        random = generator.State;
        pieces = Pieces(network.Forward(x, pass));
    }

    /// <summary>Returns the cost with the current weights,
    /// which are <paramref name="offset"/> away from the original ones.</summary>
    public FunctionSample At(double offset)
    {
        pass.Random!.State = random;
        var output = network.Forward(x, pass);
        return new(offset, loss.Forward(output, target), Pieces(output).AsSpan().SequenceEqual(pieces));
    }

    private int[] Pieces(Matrix output)
    {
        Matrix InputOf(int l) => l == 0 ? x : pass.Activation(l - 1, x.Rows);
        return
        [
            .. network.Layers.Select((layer, l) => layer.KinkSignature(InputOf(l), pass)),
            loss.KinkSignature(output, target),
        ];
    }
}
