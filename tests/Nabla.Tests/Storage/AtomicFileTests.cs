using System.Runtime.Versioning;
using Nabla.Files;
using Nabla.Storage;
using Nabla.Tests.Files;

namespace Nabla.Tests.Storage;

public sealed class AtomicFileTests
{
    private static readonly byte[] Old = [1, 2, 3];

    [Fact]
    public void A_save_that_fails_at_any_byte_leaves_the_old_file_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("m.safetensors", Old);
        var content = ModelFormat.ToFile(Example.NewModel());
        var whole = Example.Bytes(Example.NewModel());
        for (var room = 0; room < whole.Length; room++)
        {
            var e = Assert.Throws<IOException>(() => AtomicFile.Write(path, content.Write, temporary => new FailingFile(temporary, room)));
            Assert.Contains("m.safetensors could not be saved; what was there before is unchanged. The disk is full", e.Message, StringComparison.Ordinal);
            Assert.Equal(Old, File.ReadAllBytes(path));
            Assert.Equal(["m.safetensors"], folder.Entries);
        }
        AtomicFile.Write(path, content.Write, temporary => new FailingFile(temporary, whole.Length));
        Assert.Equal(whole, File.ReadAllBytes(path));
        Assert.Equal(["m.safetensors"], folder.Entries);
    }

    [Fact]
    public void Where_there_was_no_file_a_failed_save_leaves_none()
    {
        using var folder = new TemporaryFolder();
        var e = Assert.Throws<IOException>(() => AtomicFile.Write(folder.At("m"), stream => stream.Write(Old), temporary => new FailingFile(temporary, 1)));
        Assert.Contains("The disk is full", e.Message, StringComparison.Ordinal);
        Assert.Empty(folder.Entries);
    }

    [Fact]
    public void The_bytes_are_on_disk_before_the_file_gets_its_name()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("m", Old);
        var flushed = 0;
        AtomicFile.Write(path, stream => stream.Write([4]), temporary => new FailingFile(temporary, 9)
        {
            OnFlush = () =>
            {
                flushed++;
                Assert.Equal(Old, File.ReadAllBytes(path));
                Assert.Equal(2, folder.Entries.Count());        // in the same folder: a rename across disks is no rename
            },
        });
        Assert.Equal(1, flushed);
        Assert.Equal([4], File.ReadAllBytes(path));
    }

    [Fact]
    public void A_flush_that_fails_leaves_the_old_file_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("m", Old);
        var e = Assert.Throws<IOException>(() => AtomicFile.Write(
            path, stream => stream.Write([4]), temporary => new FailingFile(temporary, 9) { OnFlush = () => throw new IOException("The disk is gone.") }));
        Assert.Contains("The disk is gone", e.Message, StringComparison.Ordinal);
        Assert.Equal(Old, File.ReadAllBytes(path));
        Assert.Equal(["m"], folder.Entries);
    }

    [Fact]
    public void An_error_of_the_caller_comes_out_as_it_is()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("m", Old);
        Assert.Throws<OperationCanceledException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write([4, 5]);
            throw new OperationCanceledException();
        }));
        Assert.Equal(Old, File.ReadAllBytes(path));
        Assert.Equal(["m"], folder.Entries);
    }

    [Fact]
    public void Who_reads_the_old_file_reads_it_to_its_end()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("m", Old);
        using var reader = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        Example.NewModel().Save(path);
        var read = new byte[9];
        Assert.Equal(Old.Length, reader.ReadAtLeast(read, read.Length, throwOnEndOfStream: false));
        Assert.Equal(Old, read[..Old.Length]);
        Assert.Equal(Example.Bytes(Example.NewModel()), File.ReadAllBytes(path));
    }

    [Fact]
    public void A_link_stays_a_link()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
        using var folder = new TemporaryFolder();
        var path = folder.Write("m", Old);
        File.CreateSymbolicLink(folder.At("latest"), path);
        AtomicFile.Write(folder.At("latest"), stream => stream.Write([4]));
        Assert.Equal(path, File.ResolveLinkTarget(folder.At("latest"), returnFinalTarget: true)?.FullName);
        Assert.Equal([4], File.ReadAllBytes(path));

        File.Delete(path);
        AtomicFile.Write(folder.At("latest"), stream => stream.Write([5]));
        Assert.Equal([5], File.ReadAllBytes(path));
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite)]
    [InlineData(UnixFileMode.UserRead)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite)]
    [UnsupportedOSPlatform("windows")]
    public void Who_may_read_the_old_file_may_read_the_new_one_and_nobody_else(UnixFileMode mode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no such permissions on Windows.");
        using var folder = new TemporaryFolder();
        var path = folder.Write("m", Old);
        File.SetUnixFileMode(path, mode);
        File.CreateSymbolicLink(folder.At("latest"), path);
        AtomicFile.Write(folder.At("latest"), stream =>
        {
            Assert.Equal(mode, File.GetUnixFileMode(((FileStream)stream).Name));        // from the first byte on
            stream.Write([4]);
        });
        Assert.Equal(mode, File.GetUnixFileMode(path));
        Assert.Equal([4], File.ReadAllBytes(path));
    }

    [Fact]
    public void Folders_and_devices_and_missing_folders_are_refused()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.At("d"));
        Assert.Contains("It is a folder", Refusal(folder.At("d")), StringComparison.Ordinal);
        Assert.Contains("It is a folder", Refusal(folder.At("new") + Path.DirectorySeparatorChar), StringComparison.Ordinal);
        Assert.Contains("Check that the folder exists", Refusal(Path.Combine(folder.At("none"), "m")), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Contains("It is a device", Refusal("/dev/nabla-test"), StringComparison.Ordinal);
        Assert.Equal(["d"], folder.Entries);
    }

    private static string Refusal(string path) => Assert.Throws<IOException>(() => AtomicFile.Write(path, stream => stream.Write([4]))).Message;

    /// <summary>A file on a disk with room for so many bytes.</summary>
    private sealed class FailingFile(string path, int room) : FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0)
    {
        public Action? OnFlush { get; init; }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            var fits = (int)Math.Min(buffer.Length, room - Position);
            base.Write(buffer[..fits].ToArray(), 0, fits);
            if (fits < buffer.Length)
                throw new IOException("The disk is full.");
        }

        public override void Flush(bool flushToDisk)
        {
            base.Flush(flushToDisk);
            if (flushToDisk)
                OnFlush?.Invoke();
        }
    }
}
