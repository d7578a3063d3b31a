using Nabla.Storage;
using Nabla.Tests.Cli;

namespace Nabla.Tests.Storage;

/// <summary>
/// Uses a real disk that is full. <see cref="AtomicFileTests"/> makes a stream fail instead, at every byte, and does
/// not need root.
/// </summary>
/// <remarks>
/// To run these tests, as root on Linux:
/// <c>dotnet run --project tests/Nabla.Tests -- --explicit only --filter-class "*FullDiskTests"</c>.
/// </remarks>
public sealed class FullDiskTests
{
    [Fact(Explicit = true)]
    public void A_save_on_a_full_disk_leaves_the_old_file_and_nothing_else()
    {
        using var disk = new SmallDisk(kilobytes: 256);
        var path = Path.Combine(disk.Path, "m.safetensors");
        var small = new Model(new Network(Shape.Flat(100), Parse.Layers("dense 100")), new SquaredError());
        small.Save(path);
        var before = File.ReadAllBytes(path);
        for (var neurons = 100; neurons <= 2000; neurons += 100)        // 40 KB to 800 KB
        {
            var model = new Model(
                new Network(Shape.Flat(100), Parse.Layers($"dense {neurons}")), new SquaredError());
            if (neurons <= 300)
                model.Save(path);
            else
            {
                var e = Assert.Throws<IOException>(() => model.Save(path));
                Assert.Contains("No space left on device", e.Message, StringComparison.Ordinal);
                Assert.Contains("that the disk has space", e.Message, StringComparison.Ordinal);
                Assert.Equal(before, File.ReadAllBytes(path));
            }
            before = File.ReadAllBytes(path);
            Assert.Equal([path], Directory.GetFileSystemEntries(disk.Path));
        }
    }

    [Fact(Explicit = true)]
    public void A_training_that_fills_the_disk_ends_with_1_and_leaves_no_litter()
    {
        using var disk = new SmallDisk(kilobytes: 64);
        var (code, _, errors) = CommandProcess.Run(
            disk.Path, "train", "--epochs", "1", "--network", "dense 100, relu, dense 10", "--out", "run");
        Assert.Equal(1, code);
        Assert.Contains(
            "checkpoint.safetensors could not be saved; the old file, if there was one, is unchanged. "
            + "No space left on device",
            errors);
        Assert.DoesNotContain("   at ", errors);
        // Every file was tried, and the metrics are small enough
        var entries = Directory.GetFileSystemEntries(Path.Combine(disk.Path, "run"));
        Assert.Equal([".lock", "config.json", "metrics.csv"], entries.Select(Path.GetFileName).Order());
    }

    [Fact(Explicit = true)]
    public void A_read_only_disk_is_refused_before_anything_is_learned()
    {
        using var disk = new SmallDisk(kilobytes: 64);
        Assert.SkipUnless(
            SmallDisk.Run("mount", "-o", "remount,ro", disk.Path),
            "This machine does not allow a disk to be remounted.");
        Assert.Throws<IOException>(() => AtomicFile.Write(Path.Combine(disk.Path, "m"), stream => stream.Write([1])));
        var (code, output, errors) = CommandProcess.Run(disk.Path, "train", "--epochs", "1", "--json", "--out", "run");
        Assert.Equal((1, ""), (code, output));
        Assert.Contains("Read-only file system", errors);
        Assert.DoesNotContain("   at ", errors);
    }
}
