namespace Nabla;

/// <summary>The parameters of a network as tensors of a file, and back.</summary>
internal static class ModelWeights
{
    /// <summary>A copy of all parameters, named as PyTorch would name them.</summary>
    /// <exception cref="InvalidOperationException">One is NaN or infinite.</exception>
    public static List<Tensor> Tensors(Network network)
    {
        var tensors = new List<Tensor>();
        foreach (var (name, parameter) in LayerSequence.Named(network.Layers))
        {
            var tensor = new Tensor(name, [.. parameter.Dimensions], parameter.Value.Values.ToArray());
            if (tensor.FirstNotFinite() is { } problem)
                throw new InvalidOperationException(
                    $"The model was not saved: its weight {problem}. The training has diverged; go back to an earlier model, and try a smaller learning rate.");
            tensors.Add(tensor);
        }
        return tensors;
    }

    /// <summary>Joins the layers to a network with the weights of a file. What the file lacks is found before anything is allocated.</summary>
    /// <exception cref="InvalidDataException">The file has other tensors than the layers need, or numbers that are none.</exception>
    public static Network Restore(Shape input, Layer[] layers, Safetensors content, string file)
    {
        var sequence = Join(input, layers, file);
        var tensors = content.Tensors.ToDictionary(tensor => tensor.Name);
        foreach (var (name, parameter) in LayerSequence.Named(layers))
            Check(tensors, name, [.. parameter.Dimensions], file);
        var expected = LayerSequence.Named(layers).Select(pair => pair.Name).ToHashSet();
        if (content.Tensors.FirstOrDefault(tensor => !expected.Contains(tensor.Name) && !IsCounter(tensor.Name, expected)) is { } extra)
            throw new InvalidDataException(
                $"{file}: tensor {JsonText.Quote(extra.Name)} belongs to no layer of the network, which has {List(expected)}. {Naming}");

        var network = new Network(sequence, seed: null);
        foreach (var (name, parameter) in LayerSequence.Named(layers))
            tensors[name].Values.Span.CopyTo(parameter.Value.Values);
        return network;
    }

    /// <summary>Whether it is the number of batches that PyTorch keeps beside running statistics: nothing here depends on it.</summary>
    private static bool IsCounter(string name, HashSet<string> expected)
    {
        const string counter = "num_batches_tracked";
        return name.EndsWith(counter, StringComparison.Ordinal) && expected.Contains(name[..^counter.Length] + "running_mean");
    }

    private const string Naming = "Name the tensors as a torch.nn.Sequential does, 0.weight, 0.bias, 2.weight …, where activations count as layers.";

    private static void Check(Dictionary<string, Tensor> tensors, string name, int[] shape, string file)
    {
        if (!tensors.TryGetValue(name, out var tensor))
            throw new InvalidDataException(
                $"{file}: tensor '{name}' is missing; the network needs it, of shape {Tensor.ShapeText(shape)}. The file has {List(tensors.Keys)}. {Naming}");
        if (!tensor.Shape.SequenceEqual(shape))
            throw new InvalidDataException(
                $"{file}: tensor '{name}' has the shape {Tensor.ShapeText(tensor.Shape)}, but the network needs {Tensor.ShapeText(shape)}. " +
                "Give the network that was trained. Weights stand as [outputs, inputs], as in PyTorch; those of Keras must be transposed.");
        if (tensor.FirstNotFinite() is { } problem)
            throw new InvalidDataException(
                $"{file}: tensor {problem}, but weights are finite numbers. The training had diverged when it was saved: use an earlier model.");
    }

    private static LayerSequence Join(Shape input, Layer[] layers, string file)
    {
        try
        {
            return new LayerSequence(input, layers);
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"{file}: the layers do not make a network. {JsonText.Reason(e)}.", e);
        }
    }

    private static string List(IReadOnlyCollection<string> names) => names.Count == 0
        ? "no tensor"
        : string.Join(", ", names.Take(8).Select(JsonText.Quote)) + (names.Count > 8 ? ", …" : "");
}
