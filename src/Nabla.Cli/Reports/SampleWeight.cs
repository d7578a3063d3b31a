using Nabla.Data;
using Nabla.Inspection;

namespace Nabla.Cli;

/// <summary>Finds a weight that is worth looking at; most weights hardly matter to one example.</summary>
internal static class SampleWeight
{
    /// <summary>
    /// The weight on which the cost of the first test example depends most, as <c>inspect --weight</c> takes it:
    /// “3,1,4”. It is in the last dense layer but one, where backpropagation sums over paths, or in the only one. Null
    /// if no weight can be explained by one example.
    /// </summary>
    public static string? Of(Network network, Loss loss, Dataset test)
    {
        int[] dense = [.. Enumerable.Range(0, network.Layers.Count).Where(l => network.Layers[l] is Dense)];
        if (dense.Length == 0 || !ChainRule.CanExplain(network))
            return null;
        Matrix x = new(1, test.Inputs), target = new(1, test.Outputs);
        test.CopyTo([0], x, target);
        new Backpropagation(network, loss).Run(x, target);
        var layer = dense[Math.Max(0, dense.Length - 2)];
        var gradient = ((Dense)network.Layers[layer]).Weights.Gradient;
        var magnitudes = gradient.Values.ToArray().Select(MathF.Abs).ToArray();
        var (output, input) = Math.DivRem(Array.IndexOf(magnitudes, magnitudes.Max()), gradient.Columns);
        return $"{layer + 1},{output},{input}";
    }
}
