using Nabla.Data;

namespace Nabla;

/// <summary>Checks that a training is possible before its first step.</summary>
internal static class TrainingChecks
{
    /// <summary>Throws unless the network can be trained on the data with these options.</summary>
    public static void Check(Network network, Loss loss, Dataset data, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        Compatibility.Check(network, loss, data);
        CheckBatches(network, data, options.BatchSize);
        if (options.Validation is { } examples)
            Compatibility.Check(network, loss, examples);
        options.Augmentation?.Check(data);
        options.EarlyStopping?.Check(options);
    }

    /// <summary>
    /// Throws if the last batch of an epoch would be a single example, and the network cannot learn from one.
    /// </summary>
    public static void CheckBatches(Network network, Dataset data, int batchSize)
    {
        var leavesOne = batchSize == 1 || data.Count % batchSize == 1;
        var layers = network.Layers.SelectMany(layer => layer.WithInner());
        if (!leavesOne || layers.All(layer => layer is not BatchNorm { InputShape.Pixels: 1 }))
            return;
        var what = batchSize == 1 ? "are single examples" : "leave a single example at the end of an epoch";
        throw new ArgumentException(
            $"{data.Count} examples in batches of {batchSize} {what}, and a batch normalisation cannot learn from " +
            "one. Choose another batch size, or use layer-norm.");
    }
}
