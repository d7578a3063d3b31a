namespace Nabla.Storage;

/// <summary>
/// The files that <see cref="AtomicFile"/> writes to before they get their final names: <c>.nabla-….tmp</c>, with 32
/// hexadecimal digits.
/// </summary>
internal static class TemporaryFile
{
    private const string Start = ".nabla-", End = ".tmp";

    /// <summary>A file that has not been written to for this long counts as stray.</summary>
    private static readonly TimeSpan age = TimeSpan.FromSeconds(10);

    /// <summary>A path that nothing else uses.</summary>
    public static string NewIn(string folder) => Path.Combine(folder, $"{Start}{Guid.NewGuid():N}{End}");

    /// <summary>
    /// Deletes the files that killed writers have left in a folder. Files that are still being written, or cannot be
    /// deleted, stay.
    /// </summary>
    /// <remarks>
    /// A writer locks its file, and the lock ends with the process. The age covers the moments before the file is
    /// locked and after it is closed.
    /// </remarks>
    public static void DeleteStray(string folder)
    {
        var options = new EnumerationOptions
        {
            AttributesToSkip = FileAttributes.Directory | FileAttributes.ReparsePoint,
        };
        foreach (var path in Directory.EnumerateFiles(folder, $"{Start}*{End}", options))
            try
            {
                if (IsOurs(Path.GetFileName(path)) && DateTime.UtcNow - File.GetLastWriteTimeUtc(path) > age)
                {
                    using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                    {
                        // No process has it open, or this would have failed.
                    }
                    File.Delete(path);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Another process writes to it or has just deleted it, or permission is denied.
            }
    }

    /// <summary>Whether a file of this name is one of these files.</summary>
    public static bool IsOurs(string name) =>
        name.Length == Start.Length + 32 + End.Length
        && Guid.TryParseExact(name[Start.Length..^End.Length], "N", out _);
}
