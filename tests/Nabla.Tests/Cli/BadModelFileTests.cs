using Nabla.Tests.Data;
using Nabla.Tests.Files;

namespace Nabla.Tests.Cli;

/// <summary>
/// The command with wrong model files: the message of the reader, exit code 2, and no file changes.
/// </summary>
[Collection(CommandHere.Collection)]
public sealed class BadModelFileTests : IDisposable
{
    private static readonly Dictionary<string, (byte[] Content, string[] Says)> bad =
        BadSafetensorsTests.Bad.Concat(BadModelTests.Bad).Where(file => file.Value.Content.Length < 1 << 20)
            .ToDictionary();

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Names => [.. bad.Keys];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_bad_model_is_refused_with_the_reader_s_message(string name)
    {
        var (content, says) = bad[name];
        var path = folder.Write("bad.safetensors", content);
        foreach (
            var arguments in (string[][])[["predict", path, path], ["evaluate", path, folder.Path], ["inspect", path]])
        {
            var (code, output, errors) = await CommandHere.RunAsync(arguments);
            Assert.Equal((2, ""), (code, output));
            Assert.StartsWith($"nabla: {path}", errors, StringComparison.Ordinal);
            Assert.All(says, part => Assert.Contains(part, errors, StringComparison.Ordinal));
            Assert.DoesNotContain("   at ", errors);
        }
        Assert.Equal(content, File.ReadAllBytes(path));
        Assert.Equal(["bad.safetensors"], folder.Entries);
    }

    [Theory]
    [InlineData("dense 10", 9, "The network takes 81 inputs, but the examples of", "have 64")]
    [InlineData("dense 4", 8, "The network gives 4 outputs, but", "has 10 classes")]
    public async Task A_model_for_other_data_is_refused(string layers, int side, params string[] says)
    {
        foreach (
            var (name, content) in Idx.Names.Zip(
                (byte[][])[Idx.Images(4, 8, 8), Idx.Labels(0, 1, 2, 9), Idx.Images(2, 8, 8), Idx.Labels(7, 8)]))
            folder.Write(Path.Combine("data", name), content);
        var network = new Network(new Shape(1, side, side), Parse.Layers(layers));
        var model = new Model(network, new SquaredError()) { ImageSize = new(side, side) };
        model.Save(folder.At("m.safetensors"));
        var (code, output, errors) = await CommandHere.RunAsync(
            "evaluate", folder.At("m.safetensors"), folder.At("data"));
        Assert.Equal((2, ""), (code, output));
        Assert.All(says, part => Assert.Contains(part, errors, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", errors);
    }

    [Fact]
    public async Task A_model_that_is_not_there_or_no_file_is_refused()
    {
        Directory.CreateDirectory(folder.At("d"));
        foreach (
            var (path, says) in ((string, string)[])[
                (folder.At("none"), "There is no file"), (folder.At("d"), "is a folder without a best.safetensors")])
        {
            var (code, output, errors) = await CommandHere.RunAsync("evaluate", path);
            Assert.Equal((2, ""), (code, output));
            Assert.Contains(says, errors);
        }
    }
}
