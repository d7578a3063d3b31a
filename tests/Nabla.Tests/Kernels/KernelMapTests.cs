using Nabla.Tests.Structure;

namespace Nabla.Tests.Kernels;

/// <summary>The README of the kernels names every file.</summary>
public sealed class KernelMapTests
{
    [Fact]
    public void Every_file_is_on_the_map()
    {
        var folder = Path.Combine(PublicApiTests.Root(), "src", "Nabla", "Kernels");
        var map = File.ReadAllText(Path.Combine(folder, "README.md"));
        var missing = Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))
            .Where(file => !map.Contains($"]({file})", StringComparison.Ordinal));
        Assert.Empty(missing);
    }
}
