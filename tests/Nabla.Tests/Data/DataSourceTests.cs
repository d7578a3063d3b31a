using Nabla.Data;

namespace Nabla.Tests.Data;

public sealed class DataSourceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Dictionary<string, string> variables = [];

    public DataSourceTests() => variables["XDG_CACHE_HOME"] = folder.At("cache");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Folders_are_searched_in_order()
    {
        variables["NABLA_DATA"] = folder.At("variable");
        string[] places = ["given/mnist", "given", "variable/mnist", "variable", "cache/nabla/mnist"];
        Directory.CreateDirectory(folder.At("given"));
        foreach (var (i, place) in places.Index().Reverse())
        {
            Write(place, firstTestLabel: (byte)i);
            Assert.Equal(i, Open("mnist", folder.At("given")).Test.Label(0));
        }
    }

    [Fact]
    public void Names_may_be_written_in_capitals_and_bring_their_classes()
    {
        Write("given");
        var (train, _) = Open("Fashion-MNIST", folder.At("given"));
        Assert.Equal("Ankle boot", train.Classes[9]);
        Assert.Equal("Fashion-MNIST (training)", train.Name);
    }

    [Fact]
    public void A_folder_is_read()
    {
        Write("mine");
        Assert.Equal(4, Open(folder.At("mine")).Train.Count);
    }

    [Fact]
    public void Digits_are_generated_and_the_test_digits_differ_from_the_training_digits()
    {
        var (train, test) = Open("digits");
        Assert.Equal((60_000, 10_000), (train.Count, test.Count));
        Assert.Equal(new ImageSize(28, 28), train.ImageSize);
        Assert.Equal(10, train.Outputs);
        Assert.Equal(10, Enumerable.Range(0, test.Count).Select(test.Label).Distinct().Count());
        var alone = DataSource.OpenTest("Digits");
        Assert.Equal(10_000, alone.Count);
        for (var i = 0; i < 10_000; i++)
            Assert.True(test.Label(i) == alone.Label(i) && test.Image(i).SequenceEqual(alone.Image(i)));
        Assert.False(Enumerable.Range(0, 100).All(i => train.Image(i).SequenceEqual(test.Image(i))));
        var again = SyntheticData.Digits(100, SyntheticData.DigitsToTrainWith);
        var byDefault = SyntheticData.Digits(100);
        Assert.All(Enumerable.Range(0, 100), i => Assert.True(again.Image(i).SequenceEqual(byDefault.Image(i))));
    }

    [Fact]
    public void The_real_MNIST_is_recognised_by_its_labels_and_is_not_mistaken_for_Fashion_MNIST()
    {
        var real = MnistData.FolderOrSkip();
        Assert.Equal(60_000, Open("mnist", real).Train.Count);
        Refuses("fashion-mnist", real, "holds MNIST, not Fashion-MNIST", "its own folder");
    }

    [Fact]
    public void A_missing_folder_is_refused() =>
        Refuses("mnist", folder.At("absent"), "There is no folder", "absent", "MNIST");

    [Fact]
    public void A_folder_with_some_of_the_files_is_refused()
    {
        Write("given");
        File.Delete(folder.At("given/" + Idx.Names[2]));
        Refuses("mnist", folder.At("given"), "lacks t10k-images-idx3-ubyte.gz");
    }

    [Fact]
    public void The_message_names_every_folder_if_the_data_is_nowhere_and_may_not_be_downloaded() =>
        Refuses(
            "mnist",
            folder.Path,
            "may not be downloaded",
            folder.Path,
            folder.At("cache/nabla/mnist"),
            "train-images-idx3-ubyte.gz",
            "NABLA_DATA");

    [Theory]
    [InlineData("mnits", "no data 'mnits'", "Did you mean 'mnist'?", "digits, mnist, fashion-mnist, or a folder")]
    [InlineData("digit", "Did you mean 'digits'?")]
    [InlineData("./nowhere", "no data './nowhere'", "no folder of that name")]
    [InlineData("iris.CSV", "CSV files are not read yet", "digits, mnist")]
    public void An_unknown_name_is_refused(string name, params string[] says) => Refuses(name, null, says);

    [Fact]
    public void A_file_is_refused() =>
        Refuses(folder.Write("images", Idx.Images(1, 1, 1)), null, "is a file", "give its folder");

    [Fact]
    public void A_folder_cannot_be_combined_with_digits() =>
        Refuses("digits", folder.Path, "'digits'", folder.Path, "give the folder as the data");

    private (Dataset Train, Dataset Test) Open(string name, string? given = null) =>
        DataSource.Open(name, new() { Folder = given, Download = false, Variable = variables.GetValueOrDefault });

    private void Refuses(string name, string? given, params string[] says)
    {
        var error = Assert.Throws<InvalidDataException>(() => Open(name, given));
        Assert.All(says, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    private void Write(string place, byte firstTestLabel = 7)
    {
        foreach (var (name, content) in Idx.Names.Zip(Idx.Four(firstTestLabel)))
            folder.Write(Path.Combine(place, name), content);
    }
}
