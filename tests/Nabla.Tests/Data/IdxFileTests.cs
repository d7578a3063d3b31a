using Nabla.Data;

namespace Nabla.Tests.Data;

public sealed class IdxFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("images", false)]
    [InlineData("images.gz", true)]
    [InlineData("packed without its ending", true)]
    [InlineData("plain in spite of its ending.gz", false)]
    public void Images_come_back_as_they_were_written(string name, bool packed)
    {
        var content = Idx.Images(3, 2, 5);
        var (pixels, size) = IdxFile.ReadImages(folder.Write(name, packed ? Idx.Gzip(content) : content));
        Assert.Equal(new ImageSize(2, 5), size);
        Assert.Equal(Idx.Pixels(30), pixels);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Labels_come_back_as_they_were_written(bool packed)
    {
        var content = Idx.Labels(0, 9, 5);
        Assert.Equal([0, 9, 5], IdxFile.ReadLabels(folder.Write("labels", packed ? Idx.Gzip(content) : content)));
    }

    [Fact]
    public void More_than_ten_classes_are_read_if_requested() =>
        Assert.Equal([25], IdxFile.ReadLabels(folder.Write("letters", Idx.Labels(25)), classes: 26));

    [Fact]
    public void Data_that_packs_better_than_the_first_buffer_assumes_is_read_whole()
    {
        var content = Idx.Images(1000, 28, 28);                         // periodic: 784,000 bytes in a few thousand
        var packed = Idx.Gzip(content);
        Assert.True(packed.Length * 8 < 1 << 16);
        Assert.Equal(content[16..], IdxFile.ReadImages(folder.Write("images.gz", packed)).Pixels);
    }

    [Fact]
    public void A_file_behind_a_link_is_read()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
        var target = folder.Write("labels", Idx.Labels(1, 2));
        File.CreateSymbolicLink(folder.At("link"), target);
        Assert.Equal([1, 2], IdxFile.ReadLabels(folder.At("link")));
    }

    [Fact]
    public void A_packed_file_cut_at_any_position_is_noticed()
    {
        var packed = Idx.Gzip(Idx.Labels(3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8));
        for (var length = 1; length < packed.Length; length++)
        {
            var path = folder.Write("labels.gz", packed[..length]);
            var error = Assert.Throws<InvalidDataException>(() => IdxFile.ReadLabels(path));
            Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Any_wrong_bit_in_the_packed_data_or_its_checksum_is_noticed()
    {
        var packed = Idx.Gzip(Idx.Labels(3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8));
        for (var bit = 8 * 10; bit < 8 * packed.Length; bit++)          // the 10 bytes before hold the time and so on
        {
            byte[] wrong = [.. packed];
            wrong[bit / 8] ^= (byte)(1 << bit % 8);
            if (bit / 8 == packed.Length - 9)                           // the byte before the trailer has unused bits
                continue;
            var path = folder.Write("labels.gz", wrong);
            Assert.Throws<InvalidDataException>(() => IdxFile.ReadLabels(path));
        }
    }

    [Fact]
    public void The_real_MNIST_is_read()
    {
        var (train, test) = IdxFile.ReadFolder(MnistData.FolderOrSkip());
        Assert.Equal((60_000, 10_000, 784, 10), (train.Count, test.Count, train.Inputs, train.Outputs));
        Assert.Equal([5, 0, 4, 1, 9, 2, 1, 3, 1, 4], Enumerable.Range(0, 10).Select(train.Label));
        Assert.Equal([7, 2, 1, 0, 4, 1, 4, 9, 5, 9], Enumerable.Range(0, 10).Select(test.Label));
        Assert.Equal([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
            Enumerable.Range(0, 60_000).CountBy(train.Label).OrderBy(pair => pair.Key).Select(pair => pair.Value));
    }
}
