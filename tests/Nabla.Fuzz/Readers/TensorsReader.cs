using System.Buffers.Binary;

namespace Nabla.Fuzz.Readers;

/// <summary>Safetensors files: the length of the header, the header in JSON, and the numbers.</summary>
internal sealed class TensorsReader() : FuzzedReader("safetensors")
{
    private static readonly string[] words =
        ["dtype", "shape", "data_offsets", "F32", "F16", "I64", "BOOL", "__metadata__", "nabla.version", "0.weight", "0.bias", "2.weight", "num_batches_tracked", "format", "pt"];

    public override IReadOnlyList<byte[]> Valid { get; } =
    [
        Bytes(new([new("a", [2, 3], new float[] { 1, 2, 3, -4, 0.5f, 1e-30f }), new("b", [], new float[] { 7 }), new("c", [0, 5], Array.Empty<float>())], new Dictionary<string, string> { ["k"] = "v\n{\"é\":1}" })),
        Bytes(ModelFormat.ToFile(ModelReader.Example)),
        Bytes(new([], new Dictionary<string, string>())),
    ];

    public override byte[] Mutate(byte[] input, RandomGenerator random)
    {
        if (input.Length <= 8 || BinaryPrimitives.ReadUInt64LittleEndian(input) is var length && length > (ulong)input.Length - 8)
            return input;
        byte[] header = input[8..(8 + (int)length)], data = input[(8 + (int)length)..];
        switch (random.NextInt(8))
        {
            case 0:
                return ByteMutation.Put(input, 0, 8, bigEndian: false, random);
            case 1:
                BinaryPrimitives.WriteUInt64LittleEndian(input = [.. input], length + (ulong)random.NextInt(17) - 8);
                return input;
            case 2:
                return random.NextInt(2) == 0 ? [.. input, .. new byte[random.NextInt(40)]] : input[..^random.NextInt(Math.Min(40, input.Length))];
            case 3:
                return WithHeader(ByteMutation.Of(header, random), data);
            default:
                return WithHeader(TextMutation.Of(header, random, words), data);
        }
    }

    public override void Read(byte[] input)
    {
        var content = SafetensorsReader.Read(new MemoryStream(input), "input.safetensors");
        var again = SafetensorsReader.Read(new MemoryStream(Bytes(content)), "again.safetensors");
        Promise(content.Tensors.Select(tensor => $"{tensor}").SequenceEqual(again.Tensors.Select(tensor => $"{tensor}")), "other tensors after saving and loading");
        Promise(content.Metadata.OrderBy(pair => pair.Key).SequenceEqual(again.Metadata.OrderBy(pair => pair.Key)), "other strings after saving and loading");
    }

    public override bool Refuses(Exception e) => e is InvalidDataException;

    public static byte[] Bytes(Safetensors content)
    {
        using var stream = new MemoryStream();
        content.Write(stream);
        return stream.ToArray();
    }

    private static byte[] WithHeader(byte[] header, byte[] data)
    {
        var length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        return [.. length, .. header, .. data];
    }
}

/// <summary>Model files: right safetensors files whose strings and tensors do not say what they should.</summary>
internal sealed class ModelReader() : FuzzedReader("model")
{
    private static readonly string[] words = [.. LayerList.Names, .. LossList.Names, "28x28", "1x2x2", "3x1x1", "2x2", "x", "nabla.version", "0.weight", "running_mean"];

    public static Model Example { get; } = new(new Network(new Shape(1, 2, 2), LayerList.Parse("dense 3, leaky-relu 0.1, dense 2")), new SoftmaxCrossEntropy())
    {
        Classes = ["zero", "\"é\" 一"],
        ImageSize = new(2, 2),
        Training = new Dictionary<string, string> { ["seed"] = "7", ["learning rate"] = "1E-3" },
    };

    public override IReadOnlyList<byte[]> Valid { get; } = [TensorsReader.Bytes(ModelFormat.ToFile(Example))];

    public override byte[] Mutate(byte[] input, RandomGenerator random) => MutateContent(input, random, words);

    /// <summary>Changes a string of the metadata, or a tensor, of a right safetensors file.</summary>
    public static byte[] MutateContent(byte[] input, RandomGenerator random, string[] words)
    {
        Safetensors content;
        try
        {
            content = SafetensorsReader.Read(new MemoryStream(input), "input.safetensors");
        }
        catch (InvalidDataException)
        {
            return input;
        }
        var strings = content.Metadata.ToDictionary();
        var tensors = content.Tensors.ToList();
        string[] keys = [.. strings.Keys.Order(StringComparer.Ordinal)];
        if (keys.Length > 0 && random.NextInt(4) > 0)
        {
            var key = keys[random.NextInt(keys.Length)];
            if (random.NextInt(10) == 0)
                strings.Remove(key);
            else
                strings[key] = TextMutation.Of(strings[key], random, words);
        }
        else if (tensors.Count > 0)
        {
            MutateTensor(tensors, random.NextInt(tensors.Count), random, words);
        }
        return TensorsReader.Bytes(new(tensors, strings));
    }

    public override void Read(byte[] input)
    {
        var model = ModelFormat.FromFile(SafetensorsReader.Read(new MemoryStream(input), "input.safetensors"), "input.safetensors");
        var saved = TensorsReader.Bytes(ModelFormat.ToFile(model));
        var again = ModelFormat.FromFile(SafetensorsReader.Read(new MemoryStream(saved), "again.safetensors"), "again.safetensors");
        Promise(saved.AsSpan().SequenceEqual(TensorsReader.Bytes(ModelFormat.ToFile(again))), "other bytes after saving and loading");
        float[] x = new float[model.Network.Inputs], y = new float[model.Network.Outputs], z = new float[model.Network.Outputs];
        model.Predict(x, y);
        again.Predict(x, z);
        Promise(y.AsSpan().SequenceEqual(z) || y.Any(float.IsNaN), "other predictions after saving and loading");
    }

    public override bool Refuses(Exception e) => e is InvalidDataException;

    private static void MutateTensor(List<Tensor> tensors, int at, RandomGenerator random, string[] words)
    {
        var tensor = tensors[at];
        switch (random.NextInt(4))
        {
            case 0:
                tensors.RemoveAt(at);
                break;
            case 1:
                var name = TextMutation.Of(tensor.Name, random, words);
                if (name != "__metadata__" && tensors.TrueForAll(other => other.Name != name))
                    tensors[at] = new(name, tensor.Shape, tensor.Values);
                break;
            case 2:
                tensors[at] = new(tensor.Name, [.. tensor.Shape.Reverse()], tensor.Values);
                break;
            default:
                float[] values = [.. tensor.Values.Span];
                if (values.Length > 0)
                    values[random.NextInt(values.Length)] = BitConverter.Int32BitsToSingle((int)random.NextUInt64());
                tensors[at] = new(tensor.Name, tensor.Shape, values);
                break;
        }
    }
}
