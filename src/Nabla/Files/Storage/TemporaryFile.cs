namespace Nabla.Storage;

/// <summary>The files that <see cref="AtomicFile"/> writes to before they get their names: <c>.nabla-….tmp</c>, with 32 hexadecimal digits.</summary>
internal static class TemporaryFile
{
    private const string Start = ".nabla-", End = ".tmp";

    /// <summary>How long nobody has written to a file that is taken for a stray one.</summary>
    private static readonly TimeSpan age = TimeSpan.FromSeconds(10);

    /// <summary>A path that nobody else uses.</summary>
    public static string NewIn(string folder) => Path.Combine(folder, $"{Start}{Guid.NewGuid():N}{End}");

    /// <summary>Deletes what writers that were killed have left in a folder. What somebody still writes to is let be, and so is what cannot be deleted.</summary>
    /// <remarks>A writer has its file locked, and the lock ends with the process. The age covers the moments before the file is locked and after it is closed.</remarks>
    public static void DeleteStray(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, $"{Start}*{End}", new EnumerationOptions { AttributesToSkip = FileAttributes.Directory | FileAttributes.ReparsePoint }))
            try
            {
                if (IsOurs(Path.GetFileName(path)) && DateTime.UtcNow - File.GetLastWriteTimeUtc(path) > age)
                {
                    using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                    {
                        // Nobody has it open, or this would have failed.
                    }
                    File.Delete(path);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Somebody writes to it, or has just deleted it, or may alone delete it.
            }
    }

    /// <summary>Whether a file of this name is one of them.</summary>
    public static bool IsOurs(string name) =>
        name.Length == Start.Length + 32 + End.Length && Guid.TryParseExact(name[Start.Length..^End.Length], "N", out _);
}
