using Nabla.Storage;

namespace Nabla.Cli;

/// <summary>Keeps a second process from writing to the folder of a run. The system ends the lock with the process, however that ends; the empty file stays.</summary>
internal sealed class RunLock : IDisposable
{
    /// <summary>The name of the file.</summary>
    public const string Name = ".lock";

    private readonly FileStream file;

    private RunLock(FileStream file) => this.file = file;

    /// <summary>Locks a folder; null if another has.</summary>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public static RunLock? TryTake(string folder)
    {
        var path = Path.Combine(folder, Name);
        try
        {
            return new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"The run in {folder} cannot be written to. {e.Message}", e);
        }
    }

    /// <summary>Whether a folder holds nothing but what an attempt that was killed may have left: the lock, and unfinished files.</summary>
    public static bool IsAsGoodAsEmpty(string folder) =>
        Directory.EnumerateFileSystemEntries(folder).All(path => Path.GetFileName(path) is var name && (name == Name || TemporaryFile.IsOurs(name)));

    public void Dispose() => file.Dispose();
}
