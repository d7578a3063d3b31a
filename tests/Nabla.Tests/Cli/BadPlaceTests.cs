using Nabla.Tests.Data;

namespace Nabla.Tests.Cli;

/// <summary>
/// <c>train</c> with an output folder that cannot be used: it reports that before it trains, and no file changes.
/// </summary>
[Collection(CommandHere.Collection)]
public sealed class BadPlaceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public BadPlaceTests()
    {
        foreach (
            var (name, content) in Idx.Names.Zip(
                (byte[][])[Idx.Images(4, 8, 8), Idx.Labels(0, 1, 2, 9), Idx.Images(2, 8, 8), Idx.Labels(7, 8)]))
            folder.Write(Path.Combine("data", name), content);
        folder.Write("file", [1, 2, 3]);
        folder.Write(Path.Combine("full", "mine.txt"), [4]);
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("file", 2, "is a file, but a folder is expected", "Choose another name")]
    [InlineData("full", 2, "is not empty, and nothing is overwritten", "Choose another --out")]
    [InlineData("file/run", 1, "cannot be made", "Choose a writable folder with --out")]
    // not even root can write there
    [InlineData(
        "/proc/nabla/run", 1, "The folder /proc/nabla", "cannot be made", "Choose a writable folder with --out")]
    [InlineData("/dev/null", 2, "is a file, but a folder is expected")]
    [InlineData("/dev/null/run", 1, "cannot be made")]
    [InlineData("pipe", 2, "is a file, but a folder is expected")]
    public async Task A_place_that_cannot_take_the_run_is_refused_before_anything_is_learned(
        string place, int expected, params string[] says)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has other such paths.");
        folder.MakePipe("pipe");
        var before = Directory.GetFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories).Order();
        var (code, output, errors) = await CommandHere.RunAsync(
            "train", folder.At("data"), "--network", "dense 10", "--validation", "0", "--batch", "2", "--epochs", "1",
            "--out", folder.At(place), "--json");
        Assert.Equal((expected, ""), (code, output));
        Assert.StartsWith("nabla: ", errors, StringComparison.Ordinal);
        Assert.All(says, part => Assert.Contains(part, errors, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", errors);
        Assert.Equal(before, Directory.GetFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories).Order());
        Assert.Equal([1, 2, 3], File.ReadAllBytes(folder.At("file")));
    }
}
