using static Nabla.Tests.Files.Example;

namespace Nabla.Tests.Files;

public sealed class BadModelTests
{
    /// <summary>Bad files: what is wrong, the bytes, and what the message must contain.</summary>
    internal static readonly Dictionary<string, (byte[] Content, string[] Says)> Bad = new()
    {
        ["newer version"] = (
            With("nabla.version", "2"),
            ["has format version 2", "newer Nabla", "up to 1", "Update Nabla"]),
        ["version that is not a number"] = (
            With("nabla.version", "one"),
            ["'nabla.version' is 'one', but a whole number is expected"]),
        ["version 0"] = (With("nabla.version", "0"), ["'nabla.version' is '0'"]),
        ["no network"] = (Without("nabla.network"), ["the metadata has no 'nabla.network'"]),
        ["no inputs"] = (Without("nabla.inputs"), ["the metadata has no 'nabla.inputs'"]),
        ["no loss"] = (Without("nabla.loss"), ["the metadata has no 'nabla.loss'"]),
        ["layer that would clear the screen"] = (
            With("nabla.network", "dense 3, \ec, dense 2"),
            ["there is no layer '\uFFFDc'"]),
        ["endless name of a layer"] = (
            With("nabla.network", "dense 3, " + new string('x', 60_000)),
            ["Layer 2 of 'dense 3, xxx", "…"]),
        ["unknown layer"] = (
            With("nabla.network", "dense 3, rele, dense 2"),
            ["there is no layer 'rele'", "Did you mean 'relu'?"]),
        ["no layer"] = (With("nabla.network", ""), ["Layer 1 of '' is empty"]),
        ["a long list with a wrong layer"] = (
            With("nabla.network", string.Concat(Enumerable.Repeat("dense 16, ", 1000)) + "dense 0"),
            ["the description of the model is wrong", "'dense' takes the number of its neurons"]),
        ["layers that give too much"] = (
            Changed(m => m["nabla.network"] = "relu", t => t.Clear()),
            ["the description of the model is wrong"]),
        ["endless network"] = (
            With("nabla.network", string.Concat(Enumerable.Repeat("relu,", 20_000))),
            ["'nabla.network' is 'relu,relu", "at most 65536 characters"]),
        ["other network"] = (
            With("nabla.network", "dense 500000000, leaky-relu, dense 2"),
            ["tensor '0.weight' has the shape [3, 4], but the network needs [500000000, 4]"]),
        ["other inputs"] = (
            With("nabla.inputs", "700000000"),
            ["tensor '0.weight' has the shape [3, 4], but the network needs [3, 700000000]"]),
        ["inputs beyond all memory"] = (
            With("nabla.inputs", "2147483647"),
            ["The parameter 'weight' of 3 × 2147483647 would have 6442450941 numbers"]),
        ["inputs that are 0"] = (With("nabla.inputs", "0"), ["'nabla.inputs' is '0'"]),
        ["inputs beyond 32 bits"] = (With("nabla.inputs", "4294967300"), ["'nabla.inputs' is '4294967300'"]),
        ["setting of the loss"] = (With("nabla.loss", "huber -1"), ["The δ of huber must be positive"]),
        ["unknown loss"] = (
            With("nabla.loss", "squared-eror"),
            ["no loss 'squared-eror'", "Did you mean 'squared-error'?"]),
        ["too few classes"] = (With("nabla.classes", "[\"a\"]"), ["1 names of classes", "2 outputs"]),
        ["classes that are not a list"] = (
            With("nabla.classes", "{}"),
            ["a list is expected, but an object is found"]),
        ["classes that are not JSON"] = (
            With("nabla.classes", "zero, one"),
            ["the description of the model is wrong", "'z' is an invalid start"]),
        ["class that is not a string"] = (
            With("nabla.classes", "[\"a\",2]"),
            ["a string is expected, but a number is found"]),
        ["classes with something after them"] = (
            With("nabla.classes", "[\"a\",\"b\"]]"),
            ["the description of the model is wrong"]),
        ["class that would clear the screen"] = (
            With("nabla.classes", "[\"a\",\"\\u001b[2J\"]"),
            ["The name of class 1 contains a control character"]),
        ["image of another size"] = (
            With("nabla.image", "28x28"),
            ["Images of 28 × 28 do not fit a network of 4 inputs"]),
        ["image that overflows"] = (With("nabla.image", "100x42949673"), ["do not fit"]),
        ["image without a size"] = (With("nabla.image", "4"), ["'nabla.image' is '4', but 28x28"]),
        ["training twice"] = (With("nabla.training", """{"seed":"1","seed":"2"}"""), ["the key 'seed' occurs twice"]),
        ["training that is not an object"] = (
            With("nabla.training", "[]"),
            ["an object is expected, but a list is found"]),
        ["training that is cut short"] = (
            With("nabla.training", "{\"seed\":\"1\""),
            ["the description of the model is wrong"]),
        ["missing tensor"] = (
            Changed(tensors: t => t.RemoveAt(3)),
            ["tensor '2.bias' is missing", "with the shape [2]", "The file has '0.weight', '0.bias', '2.weight'"]),
        ["no tensor at all"] = (
            Changed(tensors: t => t.Clear()),
            ["tensor '0.weight' is missing", "The file has no tensor"]),
        ["extra tensor"] = (
            Changed(tensors: t => t.Add(new("4.bias", [1], new float[1]))),
            ["tensor '4.bias' belongs to no layer", "0.weight, 0.bias, 2.weight"]),
        ["transposed"] = (
            Changed(tensors: t => t[0] = new("0.weight", [4, 3], t[0].Values)),
            ["tensor '0.weight' has the shape [4, 3], but the network needs [3, 4]", "transpose those of Keras"]),
        ["bias that is a row"] = (
            Changed(tensors: t => t[1] = new("0.bias", [1, 3], t[1].Values)),
            ["tensor '0.bias' has the shape [1, 3], but the network needs [3]"]),
        ["NaN"] = (
            Changed(tensors: t => t[2] = new("2.weight", [2, 3], new float[] { 1, 2, 3, 4, 5, float.NaN })),
            ["tensor 2.weight[1, 2] is NaN"]),
        ["infinite"] = (
            Changed(tensors: t => t[1] = new("0.bias", [3], new float[] { 1, float.PositiveInfinity, 3 })),
            ["tensor 0.bias[1] is infinite"]),
    };

    public static TheoryData<string> Names => [.. Bad.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_bad_model_is_refused_with_reasons_and_stays_as_it_is(string name)
    {
        var (content, says) = Bad[name];
        using var folder = new TemporaryFolder();
        var path = folder.Write("bad.safetensors", content);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var e = Assert.Throws<InvalidDataException>(() => Model.Load(path));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.All(says, part => Assert.Contains(part, e.Message, StringComparison.Ordinal));
        Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
        Assert.InRange(e.Message.Length, path.Length, path.Length + 800);
        Assert.DoesNotContain(e.Message, char.IsControl);
        Assert.InRange(allocated, 0, 2_000_000);
        Assert.Equal(content, System.IO.File.ReadAllBytes(path));
        Assert.Equal(["bad.safetensors"], folder.Entries);
    }

    [Fact]
    public void Unknown_metadata_of_this_format_version_is_ignored() =>
        Assert.Equal(Bytes(NewModel()), Bytes(Load(With("nabla.colour", "blue"))));

    private static byte[] With(string key, string value) => Changed(metadata => metadata[key] = value);

    private static byte[] Without(string key) => Changed(metadata => metadata.Remove(key));
}
