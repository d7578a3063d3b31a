namespace Nabla.Fuzz.Readers;

/// <summary>The bytes of safetensors files.</summary>
internal static class TensorFiles
{
    /// <summary>The bytes that <paramref name="save"/> writes.</summary>
    public static byte[] Bytes(Action<Stream> save)
    {
        using var stream = new MemoryStream();
        save(stream);
        return stream.ToArray();
    }

    /// <summary>Changes a string of the metadata, or a tensor, of a valid safetensors file.</summary>
    public static byte[] MutateContent(byte[] input, RandomGenerator random, string[] words)
    {
        Safetensors content;
        try
        {
            content = Safetensors.Load(new MemoryStream(input));
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
        return Bytes(new Safetensors(tensors, strings).Save);
    }

    private static void MutateTensor(List<Tensor> tensors, int index, RandomGenerator random, string[] words)
    {
        var tensor = tensors[index];
        switch (random.NextInt(4))
        {
            case 0:
                tensors.RemoveAt(index);
                break;
            case 1:
                var name = TextMutation.Of(tensor.Name, random, words);
                if (name != "__metadata__" && tensors.TrueForAll(other => other.Name != name))
                    tensors[index] = new(name, tensor.Shape, tensor.Values);
                break;
            case 2:
                tensors[index] = new(tensor.Name, [.. tensor.Shape.Reverse()], tensor.Values);
                break;
            default:
                float[] values = [.. tensor.Values.Span];
                if (values.Length > 0)
                    values[random.NextInt(values.Length)] = BitConverter.Int32BitsToSingle((int)random.NextUInt64());
                tensors[index] = new(tensor.Name, tensor.Shape, values);
                break;
        }
    }
}
