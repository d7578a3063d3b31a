using Nabla.Storage;

namespace Nabla.Cli;

/// <summary>
/// Keeps a second process from writing to the folder of a run. The system releases the lock when the process ends, in
/// whatever way; the empty file stays.
/// </summary>
internal sealed class RunLock : IDisposable
{
    /// <summary>The name of the file.</summary>
    public const string Name = ".lock";

    private readonly FileStream file;

    private RunLock(FileStream file) => this.file = file;

    /// <summary>Locks a folder; null if another process has locked it.</summary>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public static RunLock? TryTake(string folder)
    {
        var path = Path.Combine(folder, Name);
        try
        {
            return new(new FileStream(
                path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(
                $"The folder {folder} of the run is not writable. {e.Message} Check its permissions.", e);
        }
    }

    /// <summary>
    /// Whether a folder has only files that a killed process may have left: the lock and unfinished files.
    /// </summary>
    public static bool IsEmptyFolder(string folder) =>
        Directory.EnumerateFileSystemEntries(folder)
            .All(path => Path.GetFileName(path) is var name && (name == Name || TemporaryFile.IsOurs(name)));

    public void Dispose() => file.Dispose();
}
