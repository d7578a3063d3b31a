using System.Security.Cryptography;
using Nabla.Data;

namespace Nabla.Tests.Data;

/// <summary>Downloads from a server on this machine.</summary>
public sealed class DownloadTests : IDisposable
{
    private readonly TemporaryFolder cache = new();
    private readonly byte[][] files = [.. Idx.Four().Select(Idx.Gzip)];
    private readonly List<(string File, long Received, long? Length)> progress = [];

    private string Folder => cache.At("nabla/mnist");

    private string[] Left => Directory.Exists(Folder)
        ? [.. Directory.GetFiles(Folder).Select(file => Path.GetFileName(file)).Order()]
        : [];

    public void Dispose() => cache.Dispose();

    [Fact]
    public void Missing_files_are_downloaded_once()
    {
        using var server = new LoopbackServer(path => LoopbackServer.Ok(File(path)));
        var (train, test) = Open([server]);
        Assert.Equal((4, 2), (train.Count, test.Count));
        Assert.Equal(Idx.Names.Select(name => name + ".gz"), server.Asked);
        Assert.Equal(Idx.Names.Select(name => name + ".gz").Order(), Left);
        Assert.Contains((Idx.Names[0] + ".gz", files[0].Length, files[0].Length), progress);
        Open([server]);
        Assert.Equal(4, server.Asked.Count);
    }

    [Fact]
    public void A_download_continues_with_the_files_that_are_missing_or_wrong()
    {
        cache.Write($"nabla/mnist/{Idx.Names[0]}.gz", files[0]);
        cache.Write($"nabla/mnist/{Idx.Names[1]}.gz", [1, 2, 3]);
        using var server = new LoopbackServer(path => LoopbackServer.Ok(File(path)));
        Assert.Equal(4, Open([server]).Train.Count);
        Assert.Equal(Idx.Names[1..].Select(name => name + ".gz"), server.Asked);
    }

    [Fact]
    public void A_wrong_checksum_leads_to_the_next_mirror()
    {
        using var wrong = new LoopbackServer(_ => LoopbackServer.Ok("<html>Please sign in.</html>"u8.ToArray()));
        using var right = new LoopbackServer(path => LoopbackServer.Ok(File(path)));
        Assert.Equal(4, Open([wrong, right]).Train.Count);
        Assert.Equal((4, 4), (wrong.Asked.Count, right.Asked.Count));
    }

    [Fact]
    public void Mirrors_that_fail_are_all_listed_with_their_reasons()
    {
        using var absent = new LoopbackServer(_ => LoopbackServer.NotFound());
        using var wrong = new LoopbackServer(_ => LoopbackServer.Ok([1]));
        using var cut = new LoopbackServer(path => LoopbackServer.Ok(File(path)[..20], length: File(path).Length));
        var gone = new LoopbackServer(_ => []);
        gone.Dispose();
        var error = Assert.Throws<IOException>(() => Open([absent, wrong, cut, gone]));
        string[] lines = error.Message.Split('\n');
        Assert.Equal(6, lines.Length);
        Assert.Contains($"no mirror gave {Idx.Names[0]}.gz", lines[0], StringComparison.Ordinal);
        Assert.Contains($"{absent.Address}: ", lines[1], StringComparison.Ordinal);
        Assert.Contains("404", lines[1], StringComparison.Ordinal);
        Assert.Contains(
            $"{wrong.Address}: the checksum is wrong: SHA-256 4bf5122f", lines[2], StringComparison.Ordinal);
        Assert.Contains($"{cut.Address}: The response ended prematurely", lines[3], StringComparison.Ordinal);
        Assert.Contains($"{gone.Address}: Connection refused", lines[4], StringComparison.Ordinal);
        Assert.Contains($"by hand into {Folder}", lines[5], StringComparison.Ordinal);
        Assert.Contains("--data or NABLA_DATA", lines[5], StringComparison.Ordinal);
        Assert.Contains("NABLA_DATA", lines[5], StringComparison.Ordinal);
        Assert.Empty(Left);
    }

    [Fact]
    public void A_server_that_falls_silent_is_abandoned()
    {
        using var silent = new LoopbackServer(
            path => LoopbackServer.Ok(File(path)[..20], length: File(path).Length), hold: true);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var error = Assert.Throws<IOException>(() => Open([silent], TimeSpan.FromSeconds(0.2), deadline.Token));
        Assert.Contains("nothing came for 0.2 s", error.Message, StringComparison.Ordinal);
        Assert.Empty(Left);
    }

    [Fact]
    public void A_server_that_sends_without_end_is_abandoned()
    {
        using var endless = new LoopbackServer(_ => LoopbackServer.Ok(new byte[(64 << 20) + 1]));
        var error = Assert.Throws<IOException>(() => Open([endless]));
        Assert.Contains("it sends more than 67108864 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_download_that_is_cancelled_leaves_whole_files_alone()
    {
        using var cancellation = new CancellationTokenSource();
        var first = Idx.Names[0] + ".gz";
        using var server = new LoopbackServer(path =>
        {
            if (path != first)
                cancellation.CancelAfter(100);
            return path == first
                ? LoopbackServer.Ok(File(path))
                : LoopbackServer.Ok(File(path)[..20], length: File(path).Length);
        }, hold: true);
        Assert.ThrowsAny<OperationCanceledException>(() => Open([server], cancellation: cancellation.Token));
        Assert.Equal([first], Left);
        Assert.Equal(files[0], System.IO.File.ReadAllBytes(Path.Combine(Folder, first)));
    }

    [Fact]
    public void A_link_in_the_cache_stays_a_link()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
        var target = cache.Write("elsewhere", [1, 2, 3]);
        Directory.CreateDirectory(Folder);
        var link = Path.Combine(Folder, Idx.Names[0] + ".gz");
        System.IO.File.CreateSymbolicLink(link, target);
        using var server = new LoopbackServer(path => LoopbackServer.Ok(File(path)));
        Open([server]);
        Assert.Equal(files[0], System.IO.File.ReadAllBytes(target));
        Assert.NotNull(new FileInfo(link).LinkTarget);
    }

    [Fact]
    public void A_cache_that_cannot_be_written_is_reported()
    {
        cache.Write("nabla", [1]);                                      // a file where the folder should be
        using var server = new LoopbackServer(path => LoopbackServer.Ok(File(path)));
        var error = Assert.Throws<IOException>(() => Open([server]));
        Assert.Contains("cannot be written", error.Message, StringComparison.Ordinal);
        Assert.Contains("--data", error.Message, StringComparison.Ordinal);
        Assert.Single(server.Asked);                                    // another mirror would not help
    }

    private (Dataset Train, Dataset Test) Open(
        LoopbackServer[] mirrors, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        var data = new PublishedImages(
            "mnist",
            "MNIST",
            ImageFolder.TenDigits,
            [7, 8],
            [.. mirrors.Select(mirror => mirror.Address)],
            [.. files.Select(file => Convert.ToHexStringLower(SHA256.HashData(file)))]);
        return DataSource.Open("mnist", new()
        {
            Published = [data],
            Variable = name => name == "XDG_CACHE_HOME" ? cache.Path : null,
            Progress = new Listener(progress),
            RequestTimeout = timeout ?? TimeSpan.FromSeconds(10),
        }, cancellation);
    }

    private byte[] File(string name) =>
        files[Array.IndexOf(Idx.Names, name.Replace(".gz", "", StringComparison.Ordinal))];

    private sealed class Listener(List<(string File, long Received, long? Length)> heard)
        : IProgress<(string File, long Received, long? Length)>
    {
        public void Report((string File, long Received, long? Length) value) => heard.Add(value);
    }
}
