namespace Nabla.Storage;

/// <summary>Opens files that somebody named, to be read, and is held up by none.</summary>
internal static class OrdinaryFile
{
    /// <summary>Opens an ordinary file with something in it; its length is known. To open a pipe would be to wait for ever for a writer.</summary>
    /// <exception cref="InvalidDataException">It is a folder, a pipe or a device, or empty; the message names it.</exception>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FileStream Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
            throw new InvalidDataException($"{path} is a folder, but a file is expected: give a file in it.");
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no file {path}. Check its name and folder.", path);
        var target = (FileInfo?)File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path);
        if (!target.Exists || target.Length == 0)       // pipes and devices have no length; and do not open them to ask
            throw Unordinary(path);
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);    // it may be replaced meanwhile
        if (file.CanSeek)
            return file;
        file.Dispose();
        throw Unordinary(path);
    }

    private static InvalidDataException Unordinary(string path) => new(
        $"{path} is empty, or is no ordinary file but a pipe or a device. An ordinary file with data is expected: fetch it again, or save the data to a file first.");
}
