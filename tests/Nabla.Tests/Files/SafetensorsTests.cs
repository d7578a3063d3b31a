using System.Buffers.Binary;
using System.Text.Json;

namespace Nabla.Tests.Files;

public sealed class SafetensorsTests
{
    private static readonly Dictionary<string, string> NoStrings = [];

    [Fact]
    public void A_saved_file_is_loaded_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        var bits = new uint[] { 0, 0x80000000, 1, 0x7F800000, 0xFF800000, 0x7FC00001, 0x3F800001, 0x7F7FFFFF };
        Tensor[] tensors =
        [
            new("matrix", [2, 4], bits.Select(BitConverter.UInt32BitsToSingle).ToArray()),
            new("one number", [], new float[] { 42 }),
            new("none", [3, 0, 2], Array.Empty<float>()),
            new("longer than the buffer", [40_001], Enumerable.Range(0, 40_001).Select(i => (float)i).ToArray()),
            new("\"ü\"\n 一", [1, 1, 1], new float[] { -1 }),
        ];
        var strings = new Dictionary<string, string> { [""] = "", ["é"] = "{\"a\":[1]}\n<&'\\" };
        new Safetensors(tensors, strings).Save(folder.At("x.safetensors"));

        var loaded = Safetensors.Load(folder.At("x.safetensors"));
        Assert.Equal(strings, loaded.Metadata);
        Assert.Equal(tensors.Select(t => t.Name), loaded.Tensors.Select(t => t.Name));
        foreach (var (ours, theirs) in tensors.Zip(loaded.Tensors))
        {
            Assert.Equal(ours.Shape, theirs.Shape);
            Assert.Equal(Bits(ours), Bits(theirs));
        }
    }

    [Fact]
    public void Tensors_are_found_by_their_offsets_in_any_order_of_the_header()
    {
        var b = Example.Entry("[2]", "[4,12]");
        var none = Example.Entry("[0]", "[4,4]");
        var a = Example.Entry("[1]", "[0,4]");
        var header = $$"""{"b":{{b}},"none":{{none}},"a":{{a}}}""";
        var file = Example.File(header, 12);
        BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(^4), 5);
        var tensors = SafetensorsReader.Read(new MemoryStream(file), "x").Tensors;
        Assert.Equal(["a", "none", "b"], tensors.Select(t => t.Name));
        Assert.Equal([0f, 5f], tensors[2].Values.ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void The_values_start_at_a_multiple_of_8_and_leave_no_gap(int nameLength)
    {
        var stream = new MemoryStream();
        var name = new string('n', nameLength);
        Tensor[] tensors = [new(name, [3], new float[] { 1, 2, 3 }), new("é", [1, 1], new float[] { 4 })];
        new Safetensors(tensors, NoStrings).Save(stream);
        var bytes = stream.ToArray();
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        Assert.Equal(0, length % 8);
        Assert.Equal(8 + length + 4 * sizeof(float), bytes.Length);
        var header = JsonDocument.Parse(bytes.AsMemory(8, length)).RootElement;
        Assert.Equal("[0,12]", header.GetProperty(name).GetProperty("data_offsets").GetRawText());
        Assert.Equal("[12,16]", header.GetProperty("é").GetProperty("data_offsets").GetRawText());
        Assert.Equal("F32", header.GetProperty("é").GetProperty("dtype").GetString());
        Assert.False(header.TryGetProperty("__metadata__", out _));
    }

    [Fact]
    public void The_order_in_which_strings_were_added_does_not_change_the_bytes()
    {
        MemoryStream first = new(), second = new();
        new Safetensors([], new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" }).Save(first);
        new Safetensors([], new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" }).Save(second);
        Assert.Equal(first.ToArray(), second.ToArray());
    }

    [Fact]
    public void A_file_that_happens_to_begin_like_a_pickle_is_read()
    {
        var file = Example.File(Example.Header("[1]", "[0,4]").PadRight(0x280), 4);
        Assert.Equal([0x80, 0x02], file[..2]);
        Assert.Single(SafetensorsReader.Read(new MemoryStream(file), "x").Tensors);
    }

    /// <summary>PyTorch saves one with each batch normalisation.</summary>
    [Fact]
    public void A_counter_of_batches_is_skipped()
    {
        string counter = Example.Entry("[]", "[0,8]", "I64"), bias = Example.Entry("[1]", "[8,12]");
        var header = $$"""{"1.num_batches_tracked":{{counter}},"1.bias":{{bias}}}""";
        byte[] file = [.. Example.File(header, 8), .. BitConverter.GetBytes(7f)];
        var tensor = Assert.Single(SafetensorsReader.Read(new MemoryStream(file), "m").Tensors);
        Assert.Equal(("1.bias [1]", 7f), ($"{tensor}", tensor.Values.Span[0]));
        file = Example.File(header.Replace("[0,8]", "[0,4]"), 8);
        var e = Assert.Throws<InvalidDataException>(() => SafetensorsReader.Read(new MemoryStream(file), "m"));
        Assert.Contains(
            "'1.num_batches_tracked' has the shape [], which takes 8 bytes, but its data_offsets give it 4",
            e.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_without_tensors_is_read() =>
        Assert.Empty(SafetensorsReader.Read(new MemoryStream(Example.File("{}", 0)), "x").Tensors);

    [Fact]
    public void A_header_longer_than_the_format_allows_is_not_written()
    {
        using var folder = new TemporaryFolder();
        var strings = new Dictionary<string, string> { ["a"] = new('x', 100_000_000) };
        var e = Assert.Throws<InvalidOperationException>(() => new Safetensors([], strings).Save(folder.At("x")));
        Assert.Contains("100,000,000", e.Message, StringComparison.Ordinal);
        Assert.Empty(folder.Entries);
    }

    [Fact]
    public void A_name_may_appear_once()
    {
        var tensor = new Tensor("a", [1], new float[1]);
        var e = Assert.Throws<ArgumentException>(() => new Safetensors([tensor, tensor], NoStrings));
        Assert.Contains("'a' is taken", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Safetensors([new("__metadata__", [1], new float[1])], NoStrings));
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(-1, -5)]
    [InlineData(0, 0)]
    public void A_tensor_has_as_many_values_as_its_shape(int rows, int columns)
    {
        var e = Assert.Throws<ArgumentException>(() => new Tensor("a", [rows, columns], new float[5]));
        Assert.Contains("'a'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stream_of_unknown_length_is_refused()
    {
        var e = Assert.Throws<InvalidDataException>(() => SafetensorsReader.Read(new Pipe(), "x"));
        Assert.Contains("is a pipe", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_shrinks_while_it_is_read_is_refused()
    {
        var content = Example.File(Example.Header("[4]", "[0,16]"), 16);
        var stream = new Longer(content[..^4], content.Length);
        var e = Assert.Throws<InvalidDataException>(() => SafetensorsReader.Read(stream, "x"));
        Assert.Contains("became shorter", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_beyond_the_cap_is_refused_even_if_the_file_is_long_enough()
    {
        byte[] content = [.. Example.Length(100_000_001), .. "{}"u8];
        var before = GC.GetAllocatedBytesForCurrentThread();
        var stream = new Longer(content, 1_000_000_000);
        var e = Assert.Throws<InvalidDataException>(() => SafetensorsReader.Read(stream, "x"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
        Assert.Contains(
            "claims a header of 100000001 bytes; 100000000 is the most", e.Message, StringComparison.Ordinal);
    }

    private static uint[] Bits(Tensor tensor) => [.. tensor.Values.ToArray().Select(BitConverter.SingleToUInt32Bits)];

    private sealed class Pipe : MemoryStream
    {
        public override bool CanSeek => false;
    }

    /// <summary>Claims to be longer than it is.</summary>
    private sealed class Longer(byte[] content, long claimed) : MemoryStream(content)
    {
        public override long Length => claimed;
    }
}
