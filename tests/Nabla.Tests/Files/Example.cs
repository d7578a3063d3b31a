using System.Buffers.Binary;
using System.Text;
using Nabla.Data;

namespace Nabla.Tests.Files;

/// <summary>A small model, and hand-made files.</summary>
internal static class Example
{
    public const string Network = "dense 3, leaky-relu 0.1, dense 2";

    public static Model NewModel()
    {
        var network = new Network(4, Parse.Layers(Network));
        var weights = network.Parameters.Values.Values;
        for (var i = 0; i < weights.Length; i++)
            weights[i] = (i - 10) / 8f;
        return new Model(network, new SoftmaxCrossEntropy())
        {
            Classes = ["zero", "\"é\" 一"],
            ImageSize = new ImageSize(2, 2),
            Training = new Dictionary<string, string>
            {
                ["seed"] = "7",
                ["data"] = "digits",
                ["learning rate"] = "1E-3",
            },
        };
    }

    public static byte[] Bytes(Model model)
    {
        var stream = new MemoryStream();
        model.Save(stream);
        return stream.ToArray();
    }

    public static Model Load(byte[] bytes) => ModelFormat.FromFile(
        SafetensorsReader.Read(new MemoryStream(bytes), "m.safetensors"), "m.safetensors");

    /// <summary>
    /// A safetensors file: the length of the header, the header, and <paramref name="data"/> bytes of zeros.
    /// </summary>
    public static byte[] File(string header, int data) => File(Encoding.UTF8.GetBytes(header), data);

    public static byte[] File(byte[] header, int data) =>
        [.. Length((ulong)header.Length), .. header, .. new byte[data]];

    public static byte[] Length(ulong length)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        return bytes;
    }

    /// <summary>A header with one tensor, named a.</summary>
    public static string Header(string shape, string offsets, string type = "F32") =>
        $$"""{"a":{{Entry(shape, offsets, type)}}}""";

    public static string Entry(string shape, string offsets, string type = "F32") =>
        $$"""{"dtype":"{{type}}","shape":{{shape}},"data_offsets":{{offsets}}}""";

    /// <summary>The bytes of the example model with its metadata or tensors changed.</summary>
    public static byte[] Changed(
        Action<Dictionary<string, string>>? metadata = null, Action<List<Tensor>>? tensors = null)
    {
        var content = ModelFormat.ToFile(NewModel());
        var strings = content.Metadata.ToDictionary();
        var list = content.Tensors.ToList();
        metadata?.Invoke(strings);
        tensors?.Invoke(list);
        var stream = new MemoryStream();
        new Safetensors(list, strings).Save(stream);
        return stream.ToArray();
    }
}
