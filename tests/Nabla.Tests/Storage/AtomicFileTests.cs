using System.Runtime.Versioning;
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
        for (var capacity = 0; capacity < whole.Length; capacity++)
        {
            var e = Assert.Throws<IOException>(() =>
                AtomicFile.Write(path, content.Save, temporary => new FailingFile(temporary, capacity)));
            Assert.Contains(
                "m.safetensors could not be saved; the old file, if there was one, is unchanged. The disk is full",
                e.Message,
                StringComparison.Ordinal);
            Assert.Equal(Old, File.ReadAllBytes(path));
            Assert.Equal(["m.safetensors"], folder.Entries);
        }
        AtomicFile.Write(path, content.Save, temporary => new FailingFile(temporary, whole.Length));
        Assert.Equal(whole, File.ReadAllBytes(path));
        Assert.Equal(["m.safetensors"], folder.Entries);
    }

    [Fact]
    public void If_there_was_no_file_a_failed_save_leaves_none()
    {
        using var folder = new TemporaryFolder();
        var e = Assert.Throws<IOException>(() => AtomicFile.Write(
            folder.At("m"), stream => stream.Write(Old), temporary => new FailingFile(temporary, 1)));
        Assert.Contains("The disk is full", e.Message, StringComparison.Ordinal);
        Assert.Empty(folder.Entries);
    }

    [Fact]
    public void The_bytes_are_flushed_to_disk_before_the_file_gets_its_name_and_the_name_after()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("m", Old);
        var flushed = 0;
        var durable = AtomicFile.Write(path, stream => stream.Write([4]), temporary => new FailingFile(temporary, 9)
        {
            OnFlush = () =>
            {
                flushed++;
                Assert.Equal(Old, File.ReadAllBytes(path));
                Assert.Equal(2, folder.Entries.Count());        // in the same folder: a rename cannot cross disks
            },
        });
        Assert.Equal((1, !OperatingSystem.IsWindows()), (flushed, durable));      // Windows cannot flush a folder
        Assert.Equal([4], File.ReadAllBytes(path));
    }

    [Fact]
    public void A_flush_that_fails_leaves_the_old_file_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("m", Old);
        var e = Assert.Throws<IOException>(() => AtomicFile.Write(
            path,
            stream => stream.Write([4]),
            temporary => new FailingFile(temporary, 9) { OnFlush = () => throw new IOException("The disk is gone.") }));
        Assert.Contains("The disk is gone", e.Message, StringComparison.Ordinal);
        Assert.Equal(Old, File.ReadAllBytes(path));
        Assert.Equal(["m"], folder.Entries);
    }

    [Fact]
    public void An_exception_of_the_caller_is_passed_on_unchanged()
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
    public void A_reader_of_the_old_file_reads_it_to_its_end()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("m", Old);
        using var reader = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
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
    [InlineData(
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite |
        UnixFileMode.OtherRead | UnixFileMode.OtherWrite)]
    [UnsupportedOSPlatform("windows")]
    public void The_new_file_has_the_permissions_of_the_old_one(UnixFileMode mode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no such permissions on Windows.");
        using var folder = new TemporaryFolder();
        var path = folder.Write("m", Old);
        File.SetUnixFileMode(path, mode);
        File.CreateSymbolicLink(folder.At("latest"), path);
        AtomicFile.Write(folder.At("latest"), stream =>
        {
            Assert.Equal(mode, File.GetUnixFileMode(((FileStream)stream).Name));        // from the first byte
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
        Assert.Contains(
            "It is a folder", Refusal(folder.At("new") + Path.DirectorySeparatorChar), StringComparison.Ordinal);
        Assert.Contains(
            "Check that the folder exists", Refusal(Path.Combine(folder.At("none"), "m")), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Contains("It is a device", Refusal("/dev/nabla-test"), StringComparison.Ordinal);
        Assert.Equal(["d"], folder.Entries);
    }

    [Fact]
    public void A_pipe_is_refused_at_once_and_stays_a_pipe()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Pipes have no paths of this kind on Windows.");
        using var folder = new TemporaryFolder();
        folder.MakePipe("pipe");
        File.CreateSymbolicLink(folder.At("link"), folder.At("pipe"));
        Assert.Contains("It is a pipe or a device", Refusal(folder.At("pipe")), StringComparison.Ordinal);
        Assert.Contains("It is a pipe or a device", Refusal(folder.At("link")), StringComparison.Ordinal);
        Assert.Equal(["link", "pipe"], folder.Entries);
        Assert.Throws<InvalidDataException>(() => OrdinaryFile.Open(folder.At("pipe")));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void A_folder_that_cannot_be_written_to_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no folders of this kind.");
        using var folder = new TemporaryFolder();
        var path = folder.Write(Path.Combine("d", "m"), Old);
        var mode = File.GetUnixFileMode(folder.At("d"));
        File.SetUnixFileMode(folder.At("d"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            // Root can write to every folder except those of the system itself.
            var refused = Environment.IsPrivilegedProcess ? "/proc/m" : path;
            Assert.Contains(
                "could not be saved; the old file, if there was one, is unchanged",
                Refusal(refused),
                StringComparison.Ordinal);
            Assert.Equal(Old, File.ReadAllBytes(path));
        }
        finally
        {
            File.SetUnixFileMode(folder.At("d"), mode);
        }
    }

    [Fact]
    public void A_rename_that_fails_leaves_nothing_behind()
    {
        using var folder = new TemporaryFolder();
        var e = Assert.Throws<IOException>(() => AtomicFile.Write(folder.At("m"), stream =>
        {
            stream.Write([4]);
            Directory.CreateDirectory(folder.At("m"));
        }));
        Assert.Contains("could not be saved", e.Message, StringComparison.Ordinal);
        Assert.Equal(["m"], folder.Entries);
    }

    [Fact]
    public void The_next_writer_deletes_what_a_killed_writer_left_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var left = Stray(folder, $".nabla-{Guid.NewGuid():N}.tmp");
        var other = Stray(folder, ".nabla-of-mine.tmp");
        var foreign = Stray(folder, $".nabla-{Guid.NewGuid():N}.tmp.txt");
        var written = TemporaryFile.NewIn(folder.Path);
        var young = folder.Write($".nabla-{Guid.NewGuid():N}.tmp", Old);
        Directory.CreateDirectory(folder.At($".nabla-{Guid.NewGuid():N}.tmp"));
        using (new FileStream(written, FileMode.CreateNew, FileAccess.Write, FileShare.None))
        {
            File.SetLastWriteTimeUtc(written, DateTime.UtcNow.AddHours(-1));        // a slow writer
            AtomicFile.Write(folder.At("m"), stream => stream.Write([4]));
        }
        Assert.False(File.Exists(left));
        Assert.All([other, foreign, written, young, folder.At("m")], path => Assert.True(File.Exists(path), path));
        Assert.Equal(6, folder.Entries.Count());

        AtomicFile.Write(folder.At("m"), stream => stream.Write([4]));
        Assert.False(File.Exists(written));                                         // its writer has finished
    }

    [Fact]
    public void Sixteen_threads_may_save_to_one_path_and_the_file_is_always_whole()
    {
        using var folder = new TemporaryFolder();
        byte[][] contents =
            [.. Enumerable.Range(0, 16).Select(i => Enumerable.Repeat((byte)i, 1 + 5000 * i).ToArray())];
        AtomicFile.Write(folder.At("m"), stream => stream.Write(contents[0]));
        Parallel.For(0, 320, new ParallelOptions { MaxDegreeOfParallelism = 16 }, i =>
        {
            AtomicFile.Write(folder.At(i % 2 == 0 ? "m" : $"m{i}"), stream => stream.Write(contents[i % 16]));
            var read = File.ReadAllBytes(folder.At("m"));
            Assert.Equal(contents[read[0]], read);
        });
        Assert.Equal(161, folder.Entries.Count());
    }

    [Fact]
    public void A_folder_is_flushed_if_the_system_can()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), DiskFolder.Flush(folder.Path));
        Assert.False(DiskFolder.Flush(folder.At("none")));
        DiskFolder.Create(folder.At(Path.Combine("a", "b", "c")) + Path.DirectorySeparatorChar);
        Assert.True(Directory.Exists(folder.At(Path.Combine("a", "b", "c"))));
        DiskFolder.Create(folder.Path);
        folder.Write("file", Old);
        Assert.Throws<IOException>(() => DiskFolder.Create(folder.At("file")));
    }

    private static string Stray(TemporaryFolder folder, string name)
    {
        var path = folder.Write(name, Old);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(-1));
        return path;
    }

    private static string Refusal(string path) =>
        Assert.Throws<IOException>(() => AtomicFile.Write(path, stream => stream.Write([4]))).Message;

    /// <summary>A file on a disk with room for <paramref name="capacity"/> bytes.</summary>
    private sealed class FailingFile(string path, int capacity)
        : FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0)
    {
        public Action? OnFlush { get; init; }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            var fits = (int)Math.Min(buffer.Length, capacity - Position);
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
