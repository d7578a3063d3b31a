using Nabla.Data;

namespace Nabla;

/// <summary>Checks that a network, a loss and data fit together.</summary>
internal static class Compatibility
{
    /// <summary>Throws unless network, loss and data fit together.</summary>
    public static void Check(Network network, Loss loss, Dataset data)
    {
        if (data.Count == 0)
            throw new ArgumentException($"{data.Name} has no examples.");
        if (network.Inputs != data.Inputs)
            throw new ArgumentException(
                $"The network takes {network.Inputs} inputs, but the examples of {data.Name} have {data.Inputs}.");
        if (network.Outputs != data.Outputs)
            throw new ArgumentException(
                $"The network gives {network.Outputs} outputs, but {data.Name} has {data.Outputs} " +
                $"{(data.HasClasses ? "classes" : "numbers to predict")}.");
        Check(network, loss);
    }

    /// <summary>
    /// Throws if the network does not fit the loss, for example because it ends in what the loss applies itself.
    /// </summary>
    public static void Check(Network network, Loss loss)
    {
        var last = network.Layers[^1];
        if (loss.TakesLogits && last is Softmax or Sigmoid)
            throw new ArgumentException(
                $"The last layer is {last.Name}, but the loss {loss.Name} takes logits and applies the function " +
                $"itself. Leave out the last {last.Name}, or use squared-error.");
        if (loss.Outputs is { } outputs && outputs != network.Outputs)
            throw new ArgumentException(
                $"The network gives {network.Outputs} outputs, but the loss '{loss.Description}' is for {outputs}.");
        if (loss is SoftmaxCrossEntropy && network.Outputs == 1)
            throw new ArgumentException(
                "softmax-cross-entropy with one output always gives the probability 1. Use sigmoid-cross-entropy, " +
                "or an output for each class.");
    }
}
