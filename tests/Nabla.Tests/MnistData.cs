namespace Nabla.Tests;

/// <summary>
/// Finds the real MNIST, in the folder that NABLA_DATA names or in shared/data beside the repository.
/// </summary>
public static class MnistData
{
    private const string FirstFile = "train-images-idx3-ubyte";

    /// <summary>The folder with the four files, or null.</summary>
    public static string? Folder { get; } = Candidates().FirstOrDefault(HasFiles);

    /// <summary>The folder with the four files. Skips the test if there is none.</summary>
    public static string FolderOrSkip()
    {
        Assert.SkipWhen(
            Folder is null,
            "MNIST is not here: set NABLA_DATA to a folder that holds its files, or has them in a subfolder 'mnist'.");
        return Folder!;
    }

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("NABLA_DATA") is { Length: > 0 } named)
        {
            yield return Path.Combine(named, "mnist");
            yield return named;
        }
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Nabla.slnx")))
                yield return Path.Combine(folder.FullName, "..", "shared", "data", "mnist");
    }

    private static bool HasFiles(string folder) =>
        File.Exists(Path.Combine(folder, FirstFile)) || File.Exists(Path.Combine(folder, FirstFile + ".gz"));
}
