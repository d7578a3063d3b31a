using System.Buffers.Binary;
using System.IO.Compression;
using Nabla.Tests.Data;

namespace Nabla.Tests.Cli;

/// <summary><c>train</c> with wrong data: one message, exit code 2, and no file changes.</summary>
[Collection(CommandHere.Collection)]
public sealed class BadDataTests : IDisposable
{
    private const int Train = 0, TrainLabels = 1, Test = 2, TestLabels = 3;
    private static readonly byte[] TenLabels = [.. Enumerable.Range(0, 10).Select(i => (byte)i)];

    /// <summary>
    /// What is wrong, how to make it from correct data, and what the message must contain: what was found, where, what
    /// was expected, what to do.
    /// </summary>
    private static readonly Dictionary<string, (Action<Files> Spoil, string[] Says)> bad = new()
    {
        ["truncated gzip"] = (
            f => f[Train] = Idx.Gzip(f[Train])[..^10], ["train-images-idx3-ubyte is cut short", "Fetch it again"]),
        ["text in spite of .gz"] = (
            f => f.Replace(TrainLabels, ".gz", "5,0,4,1\n"u8.ToArray()),
            ["train-labels-idx1-ubyte.gz begins with", "It is text", "give the IDX file itself"]),
        ["wrong CRC"] = (
            f => f[TestLabels] = FlipFromEnd(Idx.Gzip(f[TestLabels]), 8),
            ["t10k-labels-idx1-ubyte is damaged", "CRC-32", "Fetch it again"]),
        ["gzip bomb"] = (f => f[TrainLabels] = Bomb(), ["promises 40 labels", "goes on after them", "fetch it again"]),
        ["wrong magic"] = (
            f => f[Train][2] = 9,
            [
                "train-images-idx3-ubyte begins with 0x00000903, but a file of images begins with 0x00000803",
                "whose values are no unsigned bytes", "convert it"]),
        ["images and labels swapped"] = (
            f => (f[Train], f[TrainLabels]) = (f[TrainLabels], f[Train]),
            ["It holds labels, not images: images and labels seem to be swapped"]),
        ["height of zero"] = (f => Put(f[Train], 8, 0), ["image height is 0", "has to be from 1"]),
        ["huge width"] = (f => Put(f[Train], 12, uint.MaxValue), ["image width is 4294967295"]),
        ["product that overflows"] = (
            f => Put(f[Train], 4, 1 << 24, 1 << 20, 1 << 20), ["18446744073709551616 bytes", "at most"]),
        ["short data"] = (
            f => f[Test] = f[Test][..^1],
            ["t10k-images-idx3-ubyte: its header promises 20 images of 8 × 8", "it has 1295"]),
        ["trailing data"] = (f => f[TestLabels] = [.. f[TestLabels], 1], ["promises 20 labels", "it has 29"]),
        ["counts that differ"] = (
            f => f[TrainLabels] = Idx.Labels(TenLabels),
            ["train-images-idx3-ubyte holds 40 images, but", "holds 10 labels", "Fetch both again"]),
        ["label that is no class"] = (
            f => f[TrainLabels][12] = 10,
            ["train-labels-idx1-ubyte: label 4 is 10, but there are 10 classes, labelled 0 to 9"]),
        ["empty file"] = (f => f[TrainLabels] = [], ["train-labels-idx1-ubyte is empty", "fetch it again"]),
        ["HTML error page"] = (
            f => f[Train] = "<!DOCTYPE html><title>404</title>"u8.ToArray(),
            ["is a web page or XML", "fetch it again"]),
        ["other size of images to test with"] = (
            f => f[Test] = Idx.Images(20, 4, 4), ["8 × 8", "4 × 4", "Both have to be of one data set"]),
        ["file that is not there"] = (
            f => File.Delete(f.Path(TestLabels)), ["lacks t10k-labels-idx1-ubyte.gz", "with or without '.gz'"]),
        ["folder in the place of a file"] = (
            f => { File.Delete(f.Path(Test)); Directory.CreateDirectory(f.Path(Test)); },
            ["t10k-images-idx3-ubyte is a folder, but a file is expected"]),
        ["pipe in the place of a file"] = (
            f => f.Pipe(Test),
            ["t10k-images-idx3-ubyte is empty, or is a pipe or a device", "save the data to a file first"]),
        ["device in the place of a file"] = (
            f => { File.Delete(f.Path(Test)); File.CreateSymbolicLink(f.Path(Test), "/dev/zero"); },
            ["is empty, or is a pipe or a device"]),
        ["images that are all blank"] = (
            f => f[Train].AsSpan(16).Clear(),
            ["(training): all 40 images of 8 × 8 are 0 everywhere", "nothing to learn from", "convert them again"]),
        ["single class"] = (
            f => f[TrainLabels].AsSpan(8).Fill(3),
            ["(training): all 40 examples are of the class '3'", "at least two classes", "Check the labels"]),
    };

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Names => [.. bad.Keys];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Bad_data_is_refused_with_reasons_and_nothing_is_left_behind(string name)
    {
        Assert.SkipWhen(
            OperatingSystem.IsWindows()
                && (
                    name.StartsWith("pipe", StringComparison.Ordinal)
                        || name.StartsWith("device", StringComparison.Ordinal)),
            "Windows has no such paths.");
        var files = new Files(folder);
        bad[name].Spoil(files);
        files.Write();
        var before = Snapshot();
        var (code, output, errors) = await CommandHere.RunAsync(
            "train", folder.At("data"), "--network", "dense 10", "--epochs", "1", "--out", folder.At("run"),
            "--json").WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith("nabla: ", errors, StringComparison.Ordinal);
        Assert.All(bad[name].Says, part => Assert.Contains(part, errors, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", errors);
        Assert.Equal(before, Snapshot());
    }

    [Fact]
    public async Task An_empty_part_to_validate_with_is_refused()
    {
        new Files(folder).Write();
        var (code, _, errors) = await CommandHere.RunAsync(
            "train", folder.At("data"), "--network", "dense 10", "--validation", "0.01", "--out", folder.At("run"),
            "--json");
        Assert.Equal(2, code);
        Assert.Contains("A share of 0.01 of the 40 examples", errors);
        Assert.False(Directory.Exists(folder.At("run")));
    }

    [Fact]
    public async Task A_class_that_cannot_be_learned_is_warned_of()
    {
        var files = new Files(folder);
        files[TrainLabels].AsSpan(8).Replace((byte)7, (byte)1);
        files.Write();
        var (code, _, errors) = await CommandHere.RunAsync(
            "train", folder.At("data"), "--network", "dense 10", "--epochs", "1", "--out", folder.At("run"), "--json");
        Assert.Equal(0, code);
        Assert.Contains("nabla: warning: ", errors);
        Assert.Contains("(training) has no example of the class '7', but", errors);
        Assert.Contains("has 2: the network cannot learn it", errors);
        Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Gzip_is_unpacked_whatever_the_file_is_called()
    {
        var files = new Files(folder);
        for (var file = 0; file < 4; file++)
            files[file] = Idx.Gzip(files[file]);
        files.Write();
        var (code, _, errors) = await CommandHere.RunAsync(
            "train", folder.At("data"), "--network", "dense 10", "--epochs", "1", "--out", folder.At("run"), "--json");
        Assert.Equal((0, ""), (code, errors));
    }

    private string[] Snapshot() =>
        [.. Directory.GetFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(
                path => new FileInfo(path) is { Exists: true, Length: > 0, LinkTarget: null }
                    ? $"{path} {Convert.ToHexString(File.ReadAllBytes(path))}"
                    : path)];

    private static byte[] FlipFromEnd(byte[] content, int place)
    {
        content[^place] ^= 1;
        return content;
    }

    private static byte[] Bomb()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Idx.Header(0x801, 40));
            for (var megabyte = 0; megabyte < 64; megabyte++)
                gzip.Write(new byte[1 << 20]);
        }
        return packed.ToArray();
    }

    private static void Put(byte[] content, int at, params uint[] numbers)
    {
        foreach (var (i, number) in numbers.Index())
            BinaryPrimitives.WriteUInt32BigEndian(content.AsSpan(at + 4 * i), number);
    }

    /// <summary>
    /// The four files of correct data, 40 images to train with and 20 to test with, to be spoiled and then written.
    /// </summary>
    private sealed class Files(TemporaryFolder folder)
    {
        private readonly byte[][] contents =
            [
                Idx.Images(40, 8, 8), Idx.Labels([.. TenLabels, .. TenLabels, .. TenLabels, .. TenLabels]),
                Idx.Images(20, 8, 8, first: 9), Idx.Labels([.. TenLabels, .. TenLabels])];
        private readonly string[] names = [.. Idx.Names.Select(name => System.IO.Path.Combine("data", name))];
        private bool written;

        public byte[] this[int file]
        {
            get => contents[file];
            set => contents[file] = value;
        }

        /// <summary>The path of a file, which exists from now on.</summary>
        public string Path(int file)
        {
            Write();
            return folder.At(names[file]);
        }

        public void Replace(int file, string ending, byte[] content) =>
            (names[file], contents[file]) = (names[file] + ending, content);

        public void Pipe(int file)
        {
            File.Delete(Path(file));
            folder.MakePipe(names[file]);
        }

        public void Write()
        {
            for (var file = 0; file < 4 && !written; file++)
                folder.Write(names[file], contents[file]);
            written = true;
        }
    }
}
