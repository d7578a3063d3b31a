namespace Nabla.Tests;

/// <summary>A new, empty folder for a test, deleted at the end.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("nabla-tests-").FullName;

    /// <summary>The names of everything in it.</summary>
    public IEnumerable<string?> Entries =>
        Directory.EnumerateFileSystemEntries(Path).Select(System.IO.Path.GetFileName).Order();

    /// <summary>The path of a file in the folder.</summary>
    public string At(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file, in a subfolder if the name contains one, and returns its path.</summary>
    public string Write(string name, byte[] content)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(At(name))!);
        File.WriteAllBytes(At(name), content);
        return At(name);
    }

    /// <summary>Makes a named pipe (FIFO). Opening it for reading waits until something opens it for writing.</summary>
    public void MakePipe(string name)
    {
        using var mkfifo = System.Diagnostics.Process.Start("mkfifo", [At(name)]);
        mkfifo.WaitForExit();
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
