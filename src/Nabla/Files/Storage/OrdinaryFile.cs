namespace Nabla.Storage;

/// <summary>Opens files that a user named, without ever waiting for one.</summary>
internal static class OrdinaryFile
{
    /// <summary>
    /// Opens an ordinary file that is not empty, so that its length is known. (Opening a pipe would wait for a writer,
    /// for ever.)
    /// </summary>
    /// <exception cref="InvalidDataException">
    /// It is a folder, a pipe, a device, or empty; the message names it.
    /// </exception>
    /// <exception cref="FileNotFoundException">It does not exist.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Permission is denied.</exception>
    public static FileStream Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
            throw new InvalidDataException($"{path} is a folder, but a file is expected. Give a file in it.");
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no file {path}. Check its name and folder.", path);
        var target = (FileInfo?)File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path);
        // Pipes and devices have no length; this finds them without opening them
        if (!target.Exists || target.Length == 0)
            throw Unordinary(path);
        var file = new FileStream(
            // Another process may replace it
            path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        if (file.CanSeek)
            return file;
        file.Dispose();
        throw Unordinary(path);
    }

    private static InvalidDataException Unordinary(string path) => new(
        $"{path} is empty, or is a pipe or a device. An ordinary file with data is expected: " +
        "fetch it again, or save the data to a file first.");
}
