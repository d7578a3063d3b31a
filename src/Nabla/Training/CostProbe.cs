using Nabla.Algebra;
using Nabla.Losses;

namespace Nabla.Training;

/// <summary>The cost of a batch after its network's weights were changed a little, and whether a kink was crossed on the way.</summary>
internal sealed class CostProbe(Network network, Loss loss, Matrix x, Matrix target)
{
    private readonly int[] pieces = Pieces(network, loss, x, target, network.Activations(x));

    /// <summary>The cost with the weights as they are now, which is <paramref name="offset"/> from where they were.</summary>
    public Trial At(double offset)
    {
        var activations = network.Activations(x);
        return new(offset, loss.Forward(activations[^1], target), Pieces(network, loss, x, target, activations).AsSpan().SequenceEqual(pieces));
    }

    private static int[] Pieces(Network network, Loss loss, Matrix x, Matrix target, IReadOnlyList<Matrix> activations) =>
        [.. network.Layers.Select((layer, l) => layer.SmoothPiece(l == 0 ? x : activations[l - 1])), loss.SmoothPiece(activations[^1], target)];
}
