using Nabla.Data;

namespace Nabla;

/// <summary>What can be known to be wrong before the first step.</summary>
internal static class Compatibility
{
    /// <summary>Throws unless network, loss and data fit one another.</summary>
    public static void Check(Network network, Loss loss, Dataset data)
    {
        if (data.Count == 0)
            throw new ArgumentException($"{data.Name} has no examples.");
        if (network.Inputs != data.Inputs)
            throw new ArgumentException($"The network takes {network.Inputs} inputs, but the examples of {data.Name} have {data.Inputs}.");
        if (network.Outputs != data.Outputs)
            throw new ArgumentException(
                $"The network gives {network.Outputs} outputs, but {data.Name} has {data.Outputs} {(data.HasClasses ? "classes" : "numbers to predict")}.");
        Check(network, loss);
    }

    /// <summary>Throws unless the network can be trained on the data in that way.</summary>
    public static void Check(Network network, Loss loss, Dataset data, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        Check(network, loss, data);
        CheckBatches(network, data, options.BatchSize);
        if (options.Validation is { } examples)
            Check(network, loss, examples);
        options.Augmentation?.Check(data);
        options.EarlyStopping?.Check(options);
    }

    /// <summary>Throws if the last batch of an epoch would be a single example, and the network cannot learn from one.</summary>
    public static void CheckBatches(Network network, Dataset data, int batchSize)
    {
        if ((batchSize != 1 && data.Count % batchSize != 1) || network.Layers.SelectMany(layer => layer.WithInner()).All(layer => layer is not BatchNorm { InputShape.Pixels: 1 }))
            return;
        throw new ArgumentException(
            $"{data.Count} examples in batches of {batchSize} {(batchSize == 1 ? "are single examples" : "leave a single example at the end of an epoch")}, and a batch normalisation " +
            $"cannot learn from one. Choose another batch size, or use layer-norm.");
    }

    /// <summary>Throws if the network ends in what the loss does itself.</summary>
    public static void Check(Network network, Loss loss)
    {
        var last = network.Layers[^1];
        if (loss.TakesLogits && last is Softmax or Sigmoid)
            throw new ArgumentException(
                $"The last layer is {last.Name}, but the loss {loss.Name} takes logits and applies the function itself. " +
                $"Leave out the last {last.Name}, or use squared-error.");
        if (loss.Outputs is { } outputs && outputs != network.Outputs)
            throw new ArgumentException($"The network gives {network.Outputs} outputs, but the loss '{loss.Description}' is for {outputs}.");
        if (loss is SoftmaxCrossEntropy && network.Outputs == 1)
            throw new ArgumentException(
                "softmax-cross-entropy with one output always gives the probability 1. Use sigmoid-cross-entropy, or an output for each class.");
    }
}
