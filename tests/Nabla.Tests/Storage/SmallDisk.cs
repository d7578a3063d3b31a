using System.Diagnostics;

namespace Nabla.Tests.Storage;

/// <summary>A disk of a given size, mounted for a test: a tmpfs of Linux. Only root may mount one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public SmallDisk(int kilobytes)
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess,
            "Mounting a small disk needs Linux and root.");
        Assert.SkipUnless(
            Run("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "nabla-test", folder.Path),
            "This machine does not allow a disk to be mounted.");
    }

    public string Path => folder.Path;

    public void Dispose()
    {
        Run("umount", folder.Path);
        folder.Dispose();
    }

    public static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
