namespace Nabla.Storage;

/// <summary>Writes a file so that its path always holds either the whole old file or the whole new one.</summary>
/// <remarks>
/// The bytes go to a temporary file in the same folder. They are flushed to disk, then a rename puts the file in the
/// place of the old one in one step, and then the folder is flushed, so that the path holds the new file even after a
/// power failure. (On Linux and macOS; where the disk or the system cannot flush a folder, the path may hold the old
/// file again.) A process that is killed while it writes leaves a file <c>.nabla-….tmp</c>, which the next write to the
/// folder deletes. On Unix the new file has the permissions of the old one.
/// </remarks>
internal static class AtomicFile
{
    /// <summary>
    /// Writes a file. The old file at <paramref name="path"/> is replaced once all bytes are on disk, or not at all.
    /// </summary>
    /// <param name="path">The file. If it is a link, the file it points to is replaced, and the link stays.</param>
    /// <param name="write">Writes the content to the stream, and leaves the stream open.</param>
    /// <exception cref="IOException">
    /// The file cannot be written: no such folder, no permission, no space. The old file is unchanged.
    /// </exception>
    public static void Write(string path, Action<Stream> write) =>
        _ = Write(
            path, write, temporary => new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None));

    /// <summary>The same with a temporary file that the caller creates; tests let it fail.</summary>
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
                $"{path} could not be saved; the old file, if there was one, is unchanged. {e.Message} " +
                "Check that the folder exists and is writable, and that the disk has space.", e);
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
                // Before the first byte, so that a private file is never open to others
                KeepMode(target, file);
                write(file);
                // Before the rename: a new name for missing bytes would lose both files
                file.Flush(flushToDisk: true);
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

    /// <summary>
    /// Gives the file the permissions of the one it replaces, if they differ: not every disk has any.
    /// </summary>
    private static void KeepMode(string target, FileStream file)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(target))
            return;
        var mode = File.GetUnixFileMode(target);
        if (File.GetUnixFileMode(file.SafeFileHandle) != mode)
            File.SetUnixFileMode(file.SafeFileHandle, mode);
    }

    /// <summary>The file to replace, whether it exists or not. It cannot be a folder, a device or a pipe.</summary>
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

    /// <summary>
    /// Whether it has no length and no positions. A pipe that is opened for reading and writing does not block.
    /// </summary>
    private static bool IsPipe(string path)
    {
        if (OperatingSystem.IsWindows() || new FileInfo(path) is not { Exists: true, Length: 0 })
            return false;
        try
        {
            using var file = new FileStream(
                path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
            return !file.CanSeek;
        }
        catch (UnauthorizedAccessException)
        {
            return false;                               // an empty file that can be replaced, but not written to
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
            // The caller must see the first error, not this one.
        }
    }
}
