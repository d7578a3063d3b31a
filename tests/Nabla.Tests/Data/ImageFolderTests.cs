using Nabla.Data;

namespace Nabla.Tests.Data;

public sealed class ImageFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("-idx", "", false)]
    [InlineData("-idx", ".gz", true)]
    [InlineData(".idx", "", false)]
    [InlineData(".idx", ".gz", true)]
    public void The_four_files_are_found_in_every_spelling(string hyphenOrDot, string ending, bool packed)
    {
        foreach (var (name, content) in Idx.Names.Zip(Idx.Four()))
        {
            var path = name.Replace("-idx", hyphenOrDot, StringComparison.Ordinal) + ending;
            folder.Write(path, packed ? Idx.Gzip(content) : content);
        }
        var (train, test) = IdxFile.ReadFolder(folder.Path);
        Assert.Equal((4, 2), (train.Count, test.Count));
        Assert.Equal(new ImageSize(2, 3), train.ImageSize);
        Assert.Equal([0, 1, 2, 9], Enumerable.Range(0, 4).Select(train.Label));
        Assert.Equal([7, 8], Enumerable.Range(0, 2).Select(test.Label));
        Assert.Equal(Idx.Pixels(6, first: 18), train.Image(3).ToArray());
        Assert.Equal(Idx.Pixels(6, first: 106), test.Image(1).ToArray());
        Assert.Equal("9", train.Classes[9]);
    }

    [Fact]
    public void A_folder_with_the_name_of_a_file_is_skipped_if_the_file_is_there_too()
    {
        Write(Idx.Four());
        Directory.Move(folder.At(Idx.Names[0]), folder.At("train-images.idx3-ubyte"));
        Directory.CreateDirectory(folder.At(Idx.Names[0]));
        Assert.Equal(4, IdxFile.ReadFolder(folder.Path).Train.Count);
    }

    [Fact]
    public void A_folder_with_the_name_of_a_file_is_refused()
    {
        Write(Idx.Four());
        File.Delete(folder.At(Idx.Names[0]));
        Directory.CreateDirectory(folder.At(Idx.Names[0]));
        Refuses(folder.At(Idx.Names[0]), "is a folder");
    }

    [Fact]
    public void Of_two_damaged_files_the_training_file_is_named_every_time()
    {
        Write(Idx.Four());
        File.WriteAllText(folder.At(Idx.Names[0]), "damaged");
        File.WriteAllText(folder.At(Idx.Names[2]), "damaged");
        for (var i = 0; i < 20; i++)
            Refuses(folder.At(Idx.Names[0]), "begins with");
    }

    [Fact]
    public void More_than_ten_classes_are_read_if_named()
    {
        Write([Idx.Images(1, 2, 2), Idx.Labels(25), Idx.Images(1, 2, 2), Idx.Labels(0)]);
        var letters = Enumerable.Range('a', 26).Select(letter => $"{(char)letter}").ToArray();
        Assert.Equal(26, IdxFile.ReadFolder(folder.Path, letters).Train.Outputs);
    }

    [Fact]
    public void A_missing_folder_is_refused()
    {
        var error = Assert.Throws<InvalidDataException>(() => IdxFile.ReadFolder(folder.At("absent")));
        Assert.Contains("There is no folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        Write(Idx.Four());
        File.Delete(folder.At(Idx.Names[1]));
        Refuses("lacks train-labels-idx1-ubyte.gz.", "t10k-images-idx3-ubyte", "with or without '.gz'");
    }

    [Fact]
    public void A_subfolder_that_has_the_files_is_pointed_to()
    {
        foreach (var (name, content) in Idx.Names.Zip(Idx.Four()))
            folder.Write(Path.Combine("mnist", name), content);
        Directory.CreateDirectory(folder.At("empty"));
        Refuses($"Its subfolder mnist has them: give {folder.At("mnist")}.");
    }

    [Fact]
    public void If_all_files_are_missing_each_is_named_once()
    {
        var message = Assert.Throws<InvalidDataException>(() => IdxFile.ReadFolder(folder.Path)).Message;
        Assert.All(ImageFolder.FileNames, name => Assert.Equal(2, message.Split(name).Length));
        Assert.DoesNotContain("subfolder", message);
    }

    [Fact]
    public void Counts_of_images_and_labels_that_differ_are_refused()
    {
        var four = Idx.Four();
        four[1] = Idx.Labels(1, 2, 3);
        Write(four);
        Refuses(Idx.Names[0], "4 images", Idx.Names[1], "3 labels", "do not belong together");
    }

    [Fact]
    public void Training_and_test_images_of_different_sizes_are_refused()
    {
        var four = Idx.Four();
        four[2] = Idx.Images(2, 3, 2);
        Write(four);
        Refuses("2 × 3", "3 × 2");
    }

    private void Write(byte[][] four)
    {
        foreach (var (name, content) in Idx.Names.Zip(four))
            folder.Write(name, content);
    }

    private void Refuses(params string[] says)
    {
        var error = Assert.Throws<InvalidDataException>(() => IdxFile.ReadFolder(folder.Path));
        Assert.All(says, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }
}
