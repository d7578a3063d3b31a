namespace Nabla.Tests.Files;

/// <summary>A folder of its own for a test, gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("nabla-test-").FullName;

    /// <summary>The names of all that is in it.</summary>
    public IEnumerable<string?> Entries => Directory.EnumerateFileSystemEntries(root).Select(Path.GetFileName).Order();

    public string this[string name] => Path.Combine(root, name);

    /// <summary>Writes a file, and returns its path.</summary>
    public string Write(string name, byte[] content)
    {
        File.WriteAllBytes(this[name], content);
        return this[name];
    }

    public void Dispose() => Directory.Delete(root, recursive: true);
}
