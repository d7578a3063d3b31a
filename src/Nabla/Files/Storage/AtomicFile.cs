namespace Nabla.Storage;

/// <summary>Writes a file so that, whatever happens meanwhile, its path holds the whole old file or the whole new one.</summary>
/// <remarks>
/// The bytes go to a temporary file in the same folder, are flushed to disk, and then take the place of the old file in one
/// step, a rename; then the folder is flushed, so that after a power failure the path holds the new file. (On Linux and macOS; where the
/// disk or the system cannot flush a folder, it may hold the old file again.) A process that is killed while it writes leaves a
/// file <c>.nabla-….tmp</c>, which the next one that writes to the folder deletes. On Unix the new file has the permissions of the old one.
/// </remarks>
public static class AtomicFile
{
    /// <summary>Writes the file; what was at <paramref name="path"/> before is replaced when all is on disk, or not at all.</summary>
    /// <param name="path">The file. If it is a link, what it points to is replaced, and the link stays.</param>
    /// <param name="write">Writes the content to the stream that it is given, and leaves the stream open.</param>
    /// <exception cref="IOException">
    /// The file cannot be written: no such folder, no permission, no space. What was there before is unchanged.
    /// </exception>
    public static void Write(string path, Action<Stream> write) =>
        _ = Write(path, write, temporary => new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None));

    /// <summary>The same, with a temporary file of the caller's making: tests let it fail.</summary>
    /// <returns>Whether the name is on disk as well as the content.</returns>
    internal static bool Write(string path, Action<Stream> write, Func<string, FileStream> create)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        try
        {
            return Replace(Target(path), write, create);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"{path} could not be saved; what was there before is unchanged. {e.Message} " +
                "Check that the folder exists and may be written to, and that the disk has space.", e);
        }
    }

    private static bool Replace(string target, Action<Stream> write, Func<string, FileStream> create)
    {
        var folder = Path.GetDirectoryName(target)!;
        TemporaryFile.DeleteStray(folder);
        var temporary = TemporaryFile.NewIn(folder);
        var file = create(temporary);
        try
        {
            using (file)
            {
                KeepMode(target, file);                 // before the first byte: what was private is so all the time
                write(file);
                file.Flush(flushToDisk: true);          // before the rename: a new name for missing bytes would lose both files
            }
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            Remove(temporary);
            throw;
        }
        return DiskFolder.Flush(folder);                // the name itself
    }

    /// <summary>Gives the file the permissions of the one that it is to replace, where they differ: not every disk has any.</summary>
    private static void KeepMode(string target, FileStream file)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(target))
            return;
        var mode = File.GetUnixFileMode(target);
        if (File.GetUnixFileMode(file.SafeFileHandle) != mode)
            File.SetUnixFileMode(file.SafeFileHandle, mode);
    }

    /// <summary>What is to be replaced: a file, there already or not, but no folder, no device and no pipe.</summary>
    private static string Target(string path)
    {
        var full = Path.GetFullPath(path);
        if (new FileInfo(full).LinkTarget is not null)
            full = File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
        if (Directory.Exists(full) || Path.EndsInDirectorySeparator(full))
            throw new IOException("It is a folder, not a file; give the path of a file in it.");
        if (Path.GetDirectoryName(full) == "/dev")      // as root, a rename over /dev/null would succeed
            throw new IOException("It is a device, not a file; give the path of a file.");
        if (IsPipe(full))
            throw new IOException("It is a pipe or a device, not a file; give the path of a file.");
        return full;
    }

    /// <summary>Whether it has no length and no positions. Opened for both reading and writing, a pipe waits for nobody.</summary>
    private static bool IsPipe(string path)
    {
        if (OperatingSystem.IsWindows() || new FileInfo(path) is not { Exists: true, Length: 0 })
            return false;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
            return !file.CanSeek;
        }
        catch (UnauthorizedAccessException)
        {
            return false;                               // an empty file that may be replaced, but not written to
        }
    }

    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What went wrong before this is what the caller must hear of.
        }
    }
}
