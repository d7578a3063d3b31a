using System.Text;
using static Nabla.Tests.Files.Example;

namespace Nabla.Tests.Files;

public sealed class BadSafetensorsTests
{
    private const string Two = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":""";

    /// <summary>Bad files: what is wrong, the bytes, and what the message must contain.</summary>
    internal static readonly Dictionary<string, (byte[] Content, string[] Says)> Bad = new()
    {
        ["empty"] = ([], ["is empty"]),
        ["shorter than a length"] = ([1, 2, 3], ["has only 3 bytes"]),
        ["a length alone"] = (Length(2), ["has only 8 bytes"]),
        ["text"] = (
            "# Nabla\n\nNeural networks"u8.ToArray(),
            [
                "is not a model: it starts with text (\"# Nabla…\"). " +
                "A model is a .safetensors file that 'train' has saved.",
            ]),
        ["long text"] = (
            "\uFEFFNeural networks from scratch, in C#"u8.ToArray(),
            ["it starts with text (\"Neural networks from scr…\")"]),
        ["short text"] = ("a,b\n"u8.ToArray(), ["it starts with text (\"a,b…\")"]),
        ["blank lines"] = ("\n\n\n\n\n\n\n\n\n"u8.ToArray(), ["is not a model: it starts with text."]),
        ["PNG"] = (
            [0x89, .. "PNG\r\n"u8, 0x1A, 10, 0, 0, 0, 13],
            ["is a picture. Give the MODEL first, then the pictures."]),
        ["PGM"] = ("P5\n28 28\n255\n"u8.ToArray(), ["is a picture. Give the MODEL first, then the pictures."]),
        ["header of length 0"] = ([.. Length(0), .. "{}"u8], ["a header of 0 bytes"]),
        ["header longer than the file"] = (
            [.. Length(3), .. "{}"u8],
            ["claims a header of 3 bytes, but 2 bytes follow"]),
        ["header beyond the cap"] = (
            [.. Length(100_000_001), .. "{}"u8],
            ["claims a header of 100000001 bytes", "100000000 is the most"]),
        ["header length beyond 63 bits"] = (
            [.. Length(ulong.MaxValue), .. "{}"u8],
            ["claims a header of 18446744073709551615 bytes"]),
        ["header that does not start with {"] = (File(" {}", 0), ["starts with byte 0x20, not with '{'"]),
        ["header that is a list"] = (File("[]", 0), ["starts with byte 0x5B"]),
        ["header that is not UTF-8"] = (File([(byte)'{', (byte)'"', 0xC3, (byte)'"', (byte)'}'], 0), ["not UTF-8"]),
        ["header that is not JSON"] = (File("{a}", 0), ["'a' is an invalid start of a property name"]),
        ["header with a word that would clear the screen"] = (
            File("{\"a\":f\e[2J" + new string('x', 5000) + "}", 0),
            ["'f\uFFFD[2J", "…"]),
        ["header that is cut short"] = (File("{\"a\":", 0), ["the header is wrong"]),
        ["header with something after it"] = (File("{} {}", 0), ["'{' is invalid after a single JSON value"]),
        ["header padded with zeros"] = (File("{}\0\0", 0), ["invalid after a single JSON value"]),
        ["half a character"] = (File("{\"\\ud800\":1}", 0), ["half a character"]),
        ["comment"] = (File("{/**/}", 0), ["the header is wrong: '/'"]),
        ["deep JSON"] = (
            File("{\"a\":" + new string('[', 100_000), 0),
            ["tensor 'a', an object", "a list is found"]),
        ["deep JSON in a shape"] = (File(Header(new('[', 100_000), "[0,0]"), 0), ["maximum configured depth of 3"]),
        ["tensor twice"] = (
            File($$"""{"a":{{Entry("[1]", "[0,4]")}},"a":{{Entry("[1]", "[4,8]")}}}""", 8),
            ["the key 'a' occurs twice"]),
        ["tensor twice, once escaped"] = (
            File($$"""{"a":{{Entry("[1]", "[0,4]")}},"\u0061":{{Entry("[1]", "[4,8]")}}}""", 8),
            ["the key 'a' occurs twice"]),
        ["metadata twice"] = (
            File("""{"__metadata__":{},"__metadata__":{}}""", 0),
            ["the key '__metadata__' occurs twice"]),
        ["key of the metadata twice"] = (
            File("""{"__metadata__":{"k":"1","k":"2"}}""", 0),
            ["the key 'k' occurs twice"]),
        ["metadata that is not an object"] = (
            File("""{"__metadata__":"k"}""", 0),
            ["an object is expected, but a string is found"]),
        ["number in the metadata"] = (
            File("""{"__metadata__":{"k":1}}""", 0),
            ["the value of 'k' must be a string, but is a number"]),
        ["object in the metadata"] = (
            File("""{"__metadata__":{"k":{}}}""", 0),
            ["the value of 'k' must be a string, but is an object", "as JSON text"]),
        ["null in the metadata"] = (File("""{"__metadata__":{"k":null}}""", 0), ["but is null"]),
        ["tensor that is a number"] = (File("""{"a":1}""", 0), ["tensor 'a', an object", "a number is found"]),
        ["no dtype"] = (File("""{"a":{"shape":[1],"data_offsets":[0,4]}}""", 4), ["tensor 'a' has no dtype"]),
        ["no shape"] = (File("""{"a":{"dtype":"F32","data_offsets":[0,4]}}""", 4), ["tensor 'a' has no shape"]),
        ["no offsets"] = (File("""{"a":{"dtype":"F32","shape":[1]}}""", 4), ["tensor 'a' has no data_offsets"]),
        ["shape twice"] = (
            File("""{"a":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}}""", 4),
            ["tensor 'a' has the key 'shape'", "once each"]),
        ["unknown key"] = (
            File("""{"a":{"dtype":"F32","strides":[1],"shape":[1],"data_offsets":[0,4]}}""", 4),
            ["has the key 'strides'"]),
        ["dtype that is a number"] = (
            File("""{"a":{"dtype":32,"shape":[1],"data_offsets":[0,4]}}""", 4),
            ["the dtype of tensor 'a'", "a number is found"]),
        ["half precision"] = (
            File(Header("[2]", "[0,4]", "F16"), 4),
            ["tensor 'a' has values of type 'F16', but only F32", "v.float()"]),
        ["double precision"] = (File(Header("[1]", "[0,8]", "F64"), 8), ["type 'F64', but only F32", "v.float()"]),
        ["integers"] = (File(Header("[1]", "[0,8]", "I64"), 8), ["type 'I64', but only F32"]),
        ["unknown type"] = (File(Header("[2]", "[0,4]", "Q7"), 4), ["type 'Q7'"]),
        ["shape that is a number"] = (
            File(Header("1", "[0,4]"), 4),
            ["the shape of tensor 'a', a list, is expected, but a number is found"]),
        ["shape with a string"] = (
            File(Header("[\"1\"]", "[0,4]"), 4),
            ["the shape of tensor 'a' must be whole numbers"]),
        ["negative size"] = (File(Header("[-1]", "[0,4]"), 4), ["tensor 'a' has the size -1 in its shape"]),
        ["two negative sizes"] = (File(Header("[-1,-1]", "[0,4]"), 4), ["tensor 'a' has the size -1 in its shape"]),
        ["huge size"] = (File(Header("[4294967297]", "[0,4]"), 4), ["has the size 4294967297"]),
        ["product beyond 64 bits"] = (
            File(Header("[2147483647,2147483647,5]", "[0,4]"), 4),
            ["tensor 'a' has the shape [2147483647, 2147483647, 5]", "overflows"]),
        ["product that wraps to 4 bytes"] = (File(Header("[274177,67280421310721]", "[0,4]"), 4), ["67280421310721"]),
        ["bytes beyond 64 bits"] = (File(Header("[2147483647,2147483647]", "[0,4]"), 4), ["overflows"]),
        ["product that is 0 in 64 bits"] = (File(Header("[65536,65536,65536,65536]", "[0,0]"), 0), ["overflows"]),
        ["consistent, but more than is there"] = (
            File(Header("[1073741824]", "[0,4294967296]"), 4),
            ["tensor 'a' ends at byte 4294967296 of the data, but there are 4 bytes"]),
        ["more bytes than the shape"] = (
            File(Header("[1]", "[0,8]"), 8),
            ["tensor 'a' has the shape [1], which takes 4 bytes, but its data_offsets give it 8"]),
        ["fewer bytes than the shape"] = (
            File(Header("[2,2]", "[0,8]"), 8),
            ["takes 16 bytes, but its data_offsets give it 8"]),
        ["negative offset"] = (File(Header("[1]", "[-4,0]"), 0), ["tensor 'a' has the data_offsets [-4, 0]"]),
        ["reversed offsets"] = (File(Header("[1]", "[4,0]"), 4), ["tensor 'a' has the data_offsets [4, 0]"]),
        ["fractional offset"] = (
            File(Header("[1]", "[0,4.5]"), 4),
            ["the data_offsets of tensor 'a' must be whole numbers"]),
        ["offset with an exponent"] = (File(Header("[1]", "[0,4e0]"), 4), ["must be whole numbers"]),
        ["offset beyond 64 bits"] = (
            File(Header("[1]", "[0,99999999999999999999]"), 4),
            ["must be whole numbers from 0 to 9223372036854775807"]),
        ["offsets that overflow when subtracted"] = (
            File(Header("[1]", "[-9223372036854775808,9223372036854775807]"), 4),
            ["has the data_offsets"]),
        ["one offset"] = (File(Header("[1]", "[4]"), 4), ["has the data_offsets [4], but two are expected"]),
        ["three offsets"] = (File(Header("[1]", "[0,4,8]"), 4), ["has the data_offsets [0, 4, 8]"]),
        ["gap at the start"] = (
            File(Header("[1]", "[4,8]"), 8),
            ["tensor 'a' starts at byte 4 of the data, but byte 0 is expected: there is a gap"]),
        ["gap between"] = (
            File(Two + Entry("[1]", "[12,16]") + "}", 16),
            ["tensor 'b' starts at byte 12 of the data, but byte 8 is expected: there is a gap"]),
        ["overlap"] = (
            File(Two + Entry("[2]", "[4,12]") + "}", 12),
            ["tensor 'b' starts at byte 4 of the data, but byte 8 is expected: there is an overlap"]),
        ["the same bytes twice"] = (File(Two + Entry("[2]", "[0,8]") + "}", 8), ["an overlap"]),
        ["empty tensor inside another"] = (File(Two + Entry("[0]", "[4,4]") + "}", 8), ["tensor 'b'", "an overlap"]),
        ["empty tensor after the end"] = (
            File(Two + Entry("[0]", "[12,12]") + "}", 8),
            ["tensor 'b' ends at byte 12 of the data, but there are 8"]),
        ["empty tensor after a gap"] = (File(Two + Entry("[0]", "[12,12]") + "}", 12), ["tensor 'b'", "a gap"]),
        ["trailing byte"] = (
            File(Header("[1]", "[0,4]"), 5),
            ["the tensors end at byte 4 of the data, but 1 bytes follow"]),
        ["data without tensors"] = (File("{}", 4), ["the tensors end at byte 0 of the data, but 4 bytes follow"]),
        ["cut short"] = (
            File(Header("[4]", "[0,16]"), 15),
            ["tensor 'a' ends at byte 16 of the data, but there are 15 bytes"]),
        ["zip of PyTorch"] = ([.. "PK\x03\x04"u8, .. new byte[40]], ["is a zip archive", "import torch", "torch.load"]),
        ["pickle of protocol 2"] = ([0x80, 2, .. "}q\x00(X\x08\x00\x00\x00"u8], ["is a pickle", "torch.load"]),
        ["pickle of protocol 4"] = ([0x80, 4, 0x95, .. new byte[20]], ["is a pickle"]),
        ["short pickle"] = ([0x80, 4, (byte)'N', (byte)'.'], ["is a pickle"]),
        ["HDF5 of Keras"] = ([0x89, .. "HDF\r\n\x1a\n"u8, .. new byte[40]], ["is an HDF5 file", "keras", "w.T"]),
        ["web page after a mark and an empty line"] = (
            Encoding.UTF8.GetBytes("\uFEFF\n<!DOCTYPE html><html>404</html>"),
            ["is a web page", "<!DOCTYPE html>"]),
        ["header of 60 bytes that starts with a letter"] = (
            File("a" + new string(' ', 59), 0),
            ["starts with byte 0x61"]),
        ["web page"] = (Encoding.UTF8.GetBytes("<!DOCTYPE html><html>404</html>"), ["is a web page"]),
        ["pointer of Git LFS"] = (
            Encoding.UTF8.GetBytes("version https://git-lfs.github.com/spec/v1"),
            ["git lfs pull"]),
        ["long name with control characters"] = (
            File("{\"" + new string('x', 50) + "\\u001b[2J" + new string('y', 999_999) + "\":1}", 0),
            [new string('x', 50) + "\uFFFD[2J", "…'"]),
    };

    public static TheoryData<string> Names => [.. Bad.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_bad_file_is_refused_with_reasons_and_stays_as_it_is(string name)
    {
        var (content, says) = Bad[name];
        using var folder = new TemporaryFolder();
        var path = folder.Write("bad.safetensors", content);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var e = Assert.Throws<InvalidDataException>(() => Safetensors.Load(path));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.All(says, part => Assert.Contains(part, e.Message, StringComparison.Ordinal));
        Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
        Assert.InRange(e.Message.Length, path.Length, path.Length + 800);
        Assert.DoesNotContain(e.Message, c => char.IsControl(c) && c != '\n');      // lines of Python are allowed
        Assert.InRange(allocated, 0, 1_000_000 + 10 * content.Length);
        Assert.Equal(content, System.IO.File.ReadAllBytes(path));
        Assert.Equal(["bad.safetensors"], folder.Entries);
    }

    [Fact]
    public void A_folder_is_refused()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.At("d"));
        var error = Assert.Throws<InvalidDataException>(() => Safetensors.Load(folder.At("d")));
        Assert.Contains("is a folder", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("pipe")]
    [InlineData("link to the pipe")]
    public async Task A_pipe_or_a_device_is_refused_at_once(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Pipes and devices have no paths of this kind on Windows.");
        using var folder = new TemporaryFolder();
        folder.MakePipe("pipe");
        System.IO.File.CreateSymbolicLink(folder.At("link to the pipe"), folder.At("pipe"));
        var path = Path.Combine(folder.Path, name);                     // an absolute name stays as it is
        var load = Task.Run(() => Model.Load(path), TestContext.Current.CancellationToken);
        var e = await Assert.ThrowsAsync<InvalidDataException>(() => load.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Contains(
            $"{path} is empty, or is a pipe or a device", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_reported_as_missing()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<FileNotFoundException>(() => Safetensors.Load(folder.At("none")));
    }
}
