using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Nabla.Storage;

/// <summary>Folders whose entries outlast a power failure.</summary>
/// <remarks>
/// A file's name is an entry of its folder, and is on disk only when the folder is. .NET does not open folders, so on
/// Linux and macOS the C library does. Windows keeps the entries of NTFS in its own journal, and has no such call.
/// See docs/decisions/0017-folders-flushed.md.
/// </remarks>
internal static class DiskFolder
{
    private const int CloseOnExecuteLinux = 0x80000, CloseOnExecuteMac = 0x1000000;     // O_CLOEXEC; O_RDONLY is 0

    /// <summary>
    /// Creates a folder and its parents, and flushes them to disk. Does nothing if the folder exists.
    /// </summary>
    /// <exception cref="IOException">It cannot be created.</exception>
    public static void Create(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Directory.Exists(full))
            return;
        var parent = Path.GetDirectoryName(full);
        if (parent is not null)
            Create(parent);
        Directory.CreateDirectory(full);
        if (parent is not null)
            Flush(parent);
    }

    /// <summary>
    /// Flushes the entries of a folder to disk, so that names created, renamed or deleted in it stay so after a power
    /// failure.
    /// </summary>
    /// <returns>Whether it was done. Some disks cannot do it; the written files are still good.</returns>
    public static bool Flush(string path)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
            return false;
        try
        {
            var flags = OperatingSystem.IsMacOS() ? CloseOnExecuteMac : CloseOnExecuteLinux;
            using var folder = new SafeFileHandle(Open([.. Encoding.UTF8.GetBytes(path), 0], flags), ownsHandle: true);
            if (folder.IsInvalid)
                return false;                           // it can be written to, but not read
            RandomAccess.FlushToDisk(folder);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException
            or DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "open")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);
}
