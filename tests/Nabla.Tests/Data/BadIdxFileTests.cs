using System.IO.Compression;
using System.Text;
using Nabla.Data;

namespace Nabla.Tests.Data;

public sealed class BadIdxFileTests : IDisposable
{
    private static readonly byte[] Labels = Idx.Labels(1, 2, 3, 4, 5, 6, 7, 8, 9, 0);
    private static readonly byte[] PackedLabels = Idx.Gzip(Labels);
    private static readonly byte[] Images = Idx.Images(6, 4, 4);

    /// <summary>Bad files: what is wrong, the bytes, and what the message must contain.</summary>
    private static readonly Dictionary<string, (byte[] Content, string[] Says)> BadLabels = new()
    {
        ["an empty file"] = ([], ["is empty", "pipe or a device", "fetch it again"]),
        ["three bytes"] = ([0, 0, 8], ["only 3 bytes", "0x00000801"]),
        ["nothing but the magic number"] = (Idx.Header(0x801), ["ends before its label count"]),
        ["a wrong magic number"] = (Idx.Header(0x12345678, 1), ["0x12345678", "0x00000801", "not an IDX file"]),
        ["images"] = (Images, ["0x00000803", "0x00000801", "holds images, not labels", "swapped"]),
        ["floats"] = (Idx.Header(0xD01, 1, 0), ["0x00000D01", "type 0x0D", "unsigned bytes"]),
        ["little-endian"] = ([1, 8, 0, 0, 1, 0, 0, 0, 5], ["0x01080000", "little-endian"]),
        ["a web page"] = (
            Encoding.UTF8.GetBytes("\uFEFF\n<!DOCTYPE html><html>not found"),
            ["web page", "<!DOCTYPE html>", "fetch it again"]),
        ["a packed web page"] = (Idx.Gzip("<html>not found</html>"u8.ToArray()), ["web page"]),
        ["text"] = ("5,0,4,1,9,2\n"u8.ToArray(), ["It is text", "5,0,4,1,9,2"]),
        ["a zip archive"] = ([.. "PK\x3\x4"u8, 0, 0, 0, 0], ["zip archive", "unpack it"]),
        ["a Git LFS pointer"] = ("version https://git-lfs.github.com/spec/v1"u8.ToArray(), ["Git LFS", "git lfs pull"]),
        ["packed twice"] = (Idx.Gzip(PackedLabels), ["packed with gzip twice"]),
        ["no label"] = (Idx.Header(0x801, 0), ["label count is 0", "from 1 to 2147483647"]),
        ["four billion labels"] = (Idx.Header(0x801, -1), ["label count is 4294967295"]),
        ["two billion labels"] = ([.. Idx.Header(0x801, int.MaxValue), 1], ["promises 2147483647 labels", "at most"]),
        ["a billion labels"] = (
            [.. Idx.Header(0x801, 1_000_000_000), 1],
            ["promises 1000000000 labels", "1000000008 bytes in all", "it has 9"]),
        ["a billion labels, packed"] = (
            Idx.Gzip([.. Idx.Header(0x801, 1_000_000_000), 1]),
            ["1000000008 bytes in all when unpacked", "it has 9"]),
        ["a label missing"] = (Labels[..^1], ["promises 10 labels", "18 bytes in all", "it has 17", "fetch it again"]),
        ["a label too many"] = ([.. Labels, 1], ["promises 10 labels", "18 bytes in all", "it has 19"]),
        ["a label missing, packed"] = (
            Idx.Gzip(Labels[..^1]),
            ["promises 10 labels", "18 bytes in all when unpacked", "it has 17"]),
        ["a label too many, packed"] = (Idx.Gzip([.. Labels, 1]), ["promises 10 labels", "goes on after them"]),
        ["packed and cut short"] = (PackedLabels[..^10], ["cut short", "fetch it again"]),
        ["packed and cut short by its last byte"] = (
            PackedLabels[..^1],
            ["cut short", "18 bytes came out", "last four bytes state"]),
        ["nothing but the signature of gzip"] = ([0x1F, 0x8B], ["cut short", "2 bytes", "at least 18"]),
        ["packed, and something after it"] = ([.. PackedLabels, 1, 2, 3], ["something follows its end"]),
        ["a wrong checksum"] = (
            [.. PackedLabels[..^8], (byte)~PackedLabels[^8], .. PackedLabels[^7..]],
            ["damaged", "CRC-32", "fetch it again"]),
        ["wrong packed data"] = ([.. PackedLabels[..10], 0xFF, .. PackedLabels[11..]], ["damaged", "fetch it again"]),
        ["a label that is not a class"] = (Idx.Labels(9, 10), ["label 1 is 10", "10 classes", "0 to 9"]),
    };

    private static readonly Dictionary<string, (byte[] Content, string[] Says)> BadImages = new()
    {
        ["labels"] = (Labels, ["0x00000801", "0x00000803", "holds labels, not images", "swapped"]),
        ["four dimensions"] = (Idx.Header(0x804, 1, 3, 2, 2), ["0x00000804", "4 dimensions"]),
        ["a height missing"] = (Idx.Header(0x803, 1), ["ends before its image height"]),
        ["a height of 0"] = (Idx.Header(0x803, 1, 0, 28), ["image height is 0"]),
        ["a negative width"] = (Idx.Header(0x803, 1, 28, -28), ["image width is 4294967268"]),
        ["a product of 2⁹³"] = (
            Idx.Header(0x803, int.MaxValue, int.MaxValue, int.MaxValue),
            ["2147483647 images", "9903520300447984150353281023 bytes", "at most"]),
        ["a product of 2⁶⁴"] = (
            Idx.Header(0x803, 1 << 24, 1 << 20, 1 << 20),
            ["18446744073709551616 bytes", "at most"]),
        ["a pixel missing"] = (Images[..^1], ["6 images of 4 × 4", "112 bytes in all", "it has 111"]),
        ["a pixel too many"] = ([.. Images, 0], ["6 images of 4 × 4", "112 bytes in all", "it has 113"]),
    };

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> LabelCases => [.. BadLabels.Keys];

    public static TheoryData<string> ImageCases => [.. BadImages.Keys];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(LabelCases))]
    public void A_bad_file_of_labels_is_refused_and_takes_no_memory(string what)
    {
        var path = folder.Write("labels.gz", BadLabels[what].Content);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refuses(path, () => IdxFile.ReadLabels(path), BadLabels[what].Says);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [MemberData(nameof(ImageCases))]
    public void A_bad_file_of_images_is_refused(string what)
    {
        var path = folder.Write("images", BadImages[what].Content);
        Refuses(path, () => IdxFile.ReadImages(path), BadImages[what].Says);
    }

    [Fact]
    public void A_gzip_bomb_is_stopped_where_the_data_should_end()
    {
        var path = folder.At("labels.gz");
        using (var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest))
        {
            gzip.Write(Idx.Header(0x801, 100));
            for (var megabyte = 0; megabyte < 256; megabyte++)
                gzip.Write(new byte[1 << 20]);
        }
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refuses(path, () => IdxFile.ReadLabels(path), "promises 100 labels", "goes on after them");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_missing_file_is_refused() =>
        Refuses(
            folder.At("absent"),
            () => IdxFile.ReadImages(folder.At("absent")),
            "There is no file",
            "Check its name");

    [Fact]
    public void A_folder_is_refused() =>
        Refuses(folder.Path, () => IdxFile.ReadImages(folder.Path), "is a folder", "give a file in it");

    [Fact]
    public void A_file_that_another_program_has_locked_is_refused()
    {
        var path = folder.Write("labels", Labels);
        using var locked = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Refuses(path, () => IdxFile.ReadLabels(path), "cannot be read");
    }

    [Theory]
    [InlineData("/dev/null")]
    [InlineData("/dev/zero")]
    [InlineData("/dev/stdin")]
    [InlineData("pipe")]
    [InlineData("link to the pipe")]
    public async Task A_pipe_or_a_device_is_refused_at_once(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Pipes and devices have no paths of this kind on Windows.");
        folder.MakePipe("pipe");
        File.CreateSymbolicLink(folder.At("link to the pipe"), folder.At("pipe"));
        var path = Path.Combine(folder.Path, name);                    // an absolute name stays as it is
        Assert.SkipWhen(name == "/dev/stdin" && !Console.IsInputRedirected, "Standard input is a terminal.");
        await Task.Run(() => Refuses(path, () => IdxFile.ReadLabels(path))).WaitAsync(TimeSpan.FromSeconds(10));
    }

    private static void Refuses(string path, Action read, params string[] says)
    {
        var error = Assert.Throws<InvalidDataException>(read);
        Assert.All([path, .. says], part => Assert.Contains(part, error.Message, StringComparison.OrdinalIgnoreCase));
    }
}
