namespace Nabla;

/// <summary>Converts the parameters of a network to the tensors of a file, and back.</summary>
internal static class ModelWeights
{
    /// <summary>A copy of all parameters, with the names that PyTorch would give them.</summary>
    /// <exception cref="InvalidOperationException">One is NaN or infinite.</exception>
    public static List<Tensor> Tensors(Network network)
    {
        var tensors = new List<Tensor>();
        foreach (var (name, parameter) in LayerSequence.Named(network.Layers))
        {
            var tensor = new Tensor(name, [.. parameter.Dimensions], parameter.Value.Values.ToArray());
            if (tensor.FirstNotFinite() is { } problem)
                throw new InvalidOperationException(
                    $"The model was not saved: its weight {problem}. The training has diverged: go back to an " +
                    "earlier model, and try a smaller learning rate.");
            tensors.Add(tensor);
        }
        return tensors;
    }

    /// <summary>
    /// Makes a network of the layers and the weights of a file. Checks the tensors before anything is allocated.
    /// </summary>
    /// <exception cref="InvalidDataException">
    /// The tensors are not those that the layers need, or a value is not finite.
    /// </exception>
    public static Network Restore(Shape input, Layer[] layers, Safetensors content, string file)
    {
        var sequence = Join(input, layers, file);
        var tensors = content.Tensors.ToDictionary(tensor => tensor.Name);
        foreach (var (name, parameter) in LayerSequence.Named(layers))
            Check(tensors, name, [.. parameter.Dimensions], file);
        var expected = LayerSequence.Named(layers).Select(pair => pair.Name).ToHashSet();
        var extra = content.Tensors.FirstOrDefault(
            tensor => !expected.Contains(tensor.Name) && !IsCounter(tensor.Name, expected));
        if (extra is not null)
            throw new InvalidDataException(
                $"{file}: tensor {Excerpt.Quoted(extra.Name)} belongs to no layer of the network, which has " +
                $"{List(expected)}. {Naming}");

        var network = new Network(sequence, seed: null);
        foreach (var (name, parameter) in LayerSequence.Named(layers))
            tensors[name].Values.Span.CopyTo(parameter.Value.Values);
        return network;
    }

    /// <summary>
    /// Whether it is the number of batches that PyTorch keeps beside running statistics. It is not needed here.
    /// </summary>
    private static bool IsCounter(string name, HashSet<string> expected)
    {
        const string counter = "num_batches_tracked";
        return name.EndsWith(counter, StringComparison.Ordinal)
            && expected.Contains(name[..^counter.Length] + "running_mean");
    }

    private const string Naming =
        "Name the tensors as a torch.nn.Sequential does, 0.weight, 0.bias, 2.weight …, where activations count as " +
        "layers.";

    private static void Check(Dictionary<string, Tensor> tensors, string name, int[] shape, string file)
    {
        if (!tensors.TryGetValue(name, out var tensor))
            throw new InvalidDataException(
                $"{file}: tensor '{name}' is missing; the network needs it with the shape " +
                $"{Tensor.ShapeText(shape)}. The file has {List(tensors.Keys)}. {Naming}");
        if (!tensor.Shape.SequenceEqual(shape))
            throw new InvalidDataException(
                $"{file}: tensor '{name}' has the shape {Tensor.ShapeText(tensor.Shape)}, but the network needs " +
                $"{Tensor.ShapeText(shape)}. " +
                "Give the network that was trained. Weights are [outputs, inputs], as in PyTorch; transpose those " +
                "of Keras.");
        if (tensor.FirstNotFinite() is { } problem)
            throw new InvalidDataException(
                $"{file}: tensor {problem}, but weights must be finite. The training had diverged when it was " +
                "saved: use an earlier model.");
    }

    private static LayerSequence Join(Shape input, Layer[] layers, string file)
    {
        try
        {
            return new LayerSequence(input, layers);
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"{file}: the layers do not make a network. {Excerpt.OfMessage(e)}.", e);
        }
    }

    private static string List(IReadOnlyCollection<string> names) => names.Count == 0
        ? "no tensor"
        : string.Join(", ", names.Take(8).Select(Excerpt.Quoted)) + (names.Count > 8 ? ", …" : "");
}
