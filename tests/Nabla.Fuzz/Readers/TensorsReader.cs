using System.Buffers.Binary;

namespace Nabla.Fuzz.Readers;

/// <summary>Safetensors files: the length of the header, the header in JSON, and the values.</summary>
internal sealed class TensorsReader() : FuzzedReader("safetensors")
{
    private static readonly string[] words =
    [
        "dtype", "shape", "data_offsets", "F32", "F16", "I64", "BOOL", "__metadata__", "nabla.version", "0.weight",
        "0.bias", "2.weight", "num_batches_tracked", "format", "pt",
    ];

    public override IReadOnlyList<byte[]> Valid { get; } =
    [
        TensorFiles.Bytes(new Safetensors(
            [
                new("a", [2, 3], new float[] { 1, 2, 3, -4, 0.5f, 1e-30f }),
                new("b", [], new float[] { 7 }),
                new("c", [0, 5], Array.Empty<float>()),
            ],
            new Dictionary<string, string> { ["k"] = "v\n{\"é\":1}" }).Save),
        TensorFiles.Bytes(ModelReader.Example.Save),
        TensorFiles.Bytes(new Safetensors([], new Dictionary<string, string>()).Save),
    ];

    public override byte[] Mutate(byte[] input, RandomGenerator random)
    {
        if (input.Length <= 8
            || BinaryPrimitives.ReadUInt64LittleEndian(input) is var length && length > (ulong)input.Length - 8)
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
                return random.NextInt(2) == 0
                    ? [.. input, .. new byte[random.NextInt(40)]]
                    : input[..^random.NextInt(Math.Min(40, input.Length))];
            case 3:
                return WithHeader(ByteMutation.Of(header, random), data);
            default:
                return WithHeader(TextMutation.Of(header, random, words), data);
        }
    }

    public override void Read(byte[] input)
    {
        var content = Safetensors.Load(new MemoryStream(input));
        var again = Safetensors.Load(new MemoryStream(TensorFiles.Bytes(content.Save)));
        Promise(
            content.Tensors.Select(tensor => $"{tensor}").SequenceEqual(again.Tensors.Select(tensor => $"{tensor}")),
            "the tensors differ after saving and loading");
        Promise(
            content.Metadata.OrderBy(pair => pair.Key).SequenceEqual(again.Metadata.OrderBy(pair => pair.Key)),
            "the strings differ after saving and loading");
    }

    public override bool Refuses(Exception e) => e is InvalidDataException;

    private static byte[] WithHeader(byte[] header, byte[] data)
    {
        var length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        return [.. length, .. header, .. data];
    }
}
