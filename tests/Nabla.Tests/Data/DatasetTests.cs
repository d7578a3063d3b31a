using Nabla.Data;

namespace Nabla.Tests.Data;

public sealed class DatasetTests
{
    private static readonly string[] classes = ["cat", "dog", "cow"];

    [Fact]
    public void Images_become_rows_from_0_to_1_and_their_classes_rows_with_a_single_1()
    {
        byte[] pixels = [0, 51, 102, 255, 255, 0, 0, 51];
        var data = Dataset.FromImages("pets", pixels, new ImageSize(2, 2), [2, 0], classes);
        Assert.Equal((2, 4, 3, true), (data.Count, data.Inputs, data.Outputs, data.HasClasses));
        Assert.Equal((2, 0), (data.Label(0), data.Label(1)));
        Assert.Equal(new ImageSize(2, 2), data.ImageSize);
        Assert.Equal([255, 0, 0, 51], data.Image(1).ToArray());
        Matrix x = new(3, 4), target = TestNumbers.UniformMatrix(3, 3, 1);      // the old content is overwritten
        data.CopyTo([1, 0, 1], x, target);
        Assert.All(
            x.Values.ToArray().Zip([1, 0, 0, 0.2, 0, 0.2, 0.4, 1, 1, 0, 0, 0.2]),
            pair => Assert.Equal(pair.Second, pair.First, 1e-7));
        Assert.Equal([1, 0, 0, 0, 0, 1, 1, 0, 0], target.Values.ToArray());
    }

    [Fact]
    public void Numbers_are_copied_as_they_are()
    {
        Matrix inputs = TestNumbers.UniformMatrix(5, 2, 1), targets = TestNumbers.UniformMatrix(5, 3, 2);
        var data = Dataset.FromNumbers("numbers", inputs, targets);
        Assert.Equal((5, 2, 3, false), (data.Count, data.Inputs, data.Outputs, data.HasClasses));
        Assert.Null(data.ImageSize);
        Assert.Equal(
            "numbers has no classes, but 3 numbers to predict.",
            Assert.Throws<InvalidOperationException>(() => data.Label(0)).Message);
        Matrix x = new(1, 2), target = new(1, 3);
        data.CopyTo([3], x, target);
        Assert.Equal(inputs.Row(3).ToArray(), x.Values.ToArray());
        Assert.Equal(targets.Row(3).ToArray(), target.Values.ToArray());
        Assert.Equal(
            "numbers has no images, but rows of 2 numbers.",
            Assert.Throws<InvalidOperationException>(() => data.Image(0).Length).Message);
    }

    [Fact]
    public void What_does_not_fit_together_is_refused()
    {
        AssertRefused(
            "pets: 2 labels and 7 bytes of images of 2 × 2 do not fit; 8 bytes are expected.",
            () => Dataset.FromImages("pets", new byte[7], new(2, 2), [0, 1], classes));
        AssertRefused(
            "pets: example 1 has the label 3, but there are 3 classes, labelled 0 to 2.",
            () => Dataset.FromImages("pets", new byte[8], new(2, 2), [0, 3], classes));
        AssertRefused(
            "pets: there are 4 rows of inputs but 2 labels.",
            () => Dataset.FromNumbers("pets", new Matrix(4, 2), [0, 1], classes));
        AssertRefused(
            "pets: example 0 has the label -1, but there are 3 classes, labelled 0 to 2.",
            () => Dataset.FromNumbers("pets", new Matrix(2, 2), [-1, 1], classes));
        AssertRefused(
            "pets: there are 4 rows of inputs but 3 rows of targets.",
            () => Dataset.FromNumbers("pets", new Matrix(4, 2), new Matrix(3, 1)));
        Assert.Throws<InvalidDataException>(() => Dataset.FromImages("pets", [], new(0, 2), [0], classes));
        Assert.Throws<InvalidDataException>(() => Dataset.FromImages("pets", new byte[4], new(-2, -2), [0], classes));
    }

    [Fact]
    public void NaN_is_refused_with_its_row_and_column()
    {
        Matrix bad = new([1, 2, 3, float.NaN, 5, 6], 0, 3, 2), good = new(3, 2);
        const string after = " All must be finite numbers; fill in or leave out what is missing.";
        AssertRefused(
            "cells: the input in row 1, column 1 is NaN." + after,
            () => Dataset.FromNumbers("cells", bad, good));
        AssertRefused(
            "cells: the target in row 1, column 1 is NaN." + after,
            () => Dataset.FromNumbers("cells", good, bad));
        AssertRefused(
            "cells: the input in row 1, column 1 is NaN." + after,
            () => Dataset.FromNumbers("cells", bad, [0, 1, 2], classes));
    }

    [Fact]
    public void A_batch_of_the_wrong_shape_is_refused()
    {
        var data = Numbered(5);
        var error = Assert.Throws<ArgumentException>(() => data.CopyTo([0, 1], new Matrix(2, 2), new Matrix(2, 1)));
        Assert.Equal("The batch is 2 × 2, but 2 × 1 is expected.", error.Message);
        error = Assert.Throws<ArgumentException>(() => data.CopyTo([0, 1], new Matrix(2, 1), new Matrix(1, 1)));
        Assert.Equal("The matrix for the targets is 1 × 1, but 2 × 1 is expected.", error.Message);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 3)]
    [InlineData(10, 10)]
    [InlineData(11, 10)]
    [InlineData(-1, 0)]
    public void Take_gives_the_first_examples_or_all(int count, int taken) =>
        Assert.Equal(Enumerable.Range(0, taken), Contents(Numbered(10).Take(count)));

    [Theory]
    [InlineData(0.1, 10)]
    [InlineData(0.5, 50)]
    [InlineData(0.994, 99)]
    public void A_split_is_disjoint_and_complete(double share, int first)
    {
        var (a, b) = Numbered(100).Split(share, seed: 1);
        Assert.Equal((first, 100 - first), (a.Count, b.Count));
        Assert.Equal(Enumerable.Range(0, 100), Contents(a).Concat(Contents(b)).Order());
        Assert.NotEqual(Enumerable.Range(0, first), Contents(a));
    }

    [Fact]
    public void A_split_of_a_split_is_a_part_of_it()
    {
        var (_, b) = Numbered(100).Split(0.5, seed: 1);
        var (c, d) = b.Split(0.5, seed: 2);
        Assert.Equal(Contents(b).Order(), Contents(c).Concat(Contents(d)).Order());
        Assert.Equal(Contents(b).Take(3), Contents(b.Take(3)));
    }

    [Fact]
    public void The_same_seed_gives_the_same_split_and_another_seed_another()
    {
        Assert.Equal(Contents(Numbered(100).Split(0.5, 7).First), Contents(Numbered(100).Split(0.5, 7).First));
        Assert.NotEqual(Contents(Numbered(100).Split(0.5, 7).First), Contents(Numbered(100).Split(0.5, 8).First));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(0.01)]
    [InlineData(0.99)]
    [InlineData(double.NaN)]
    public void A_split_with_an_empty_part_is_refused(double share)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Numbered(10).Split(share, 1));
        Assert.StartsWith(
            $"A share of {share} of the 10 examples of numbered leaves one part empty.",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_and_images_follow_the_examples_into_a_part()
    {
        byte[] pixels = [.. Enumerable.Range(0, 60).Select(i => (byte)i)];
        byte[] labels = [.. Enumerable.Range(0, 60).Select(i => (byte)(i % 3))];
        var (a, _) = Dataset.FromImages("pets", pixels, new ImageSize(1, 1), labels, classes).Split(0.5, 1);
        for (var i = 0; i < a.Count; i++)
            Assert.Equal(a.Image(i)[0] % 3, a.Label(i));
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.25)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void A_stratified_split_has_the_share_of_every_class(double share)
    {
        int[] sizes = [700, 200, 60, 33, 7];
        var data = Labelled(sizes);
        for (ulong seed = 0; seed < 5; seed++)
        {
            var (a, b) = data.Split(share, seed, stratified: true);
            Assert.Equal((int)Math.Round(1000 * share), a.Count);
            Assert.Equal(Enumerable.Range(0, 1000), InputsOf(a).Concat(InputsOf(b)).Order());
            for (var c = 0; c < sizes.Length; c++)
            {
                var count = Enumerable.Range(0, a.Count).Count(i => a.Label(i) == c);
                Assert.InRange(count, sizes[c] * share - 1, sizes[c] * share + 1);
            }
            Assert.Equal(InputsOf(a), InputsOf(data.Split(share, seed, stratified: true).First));
            Assert.NotEqual(InputsOf(a), InputsOf(data.Split(share, seed + 1, stratified: true).First));
            Assert.NotEqual(InputsOf(a), InputsOf(a).Order());
        }
    }

    [Theory]
    [InlineData(0.4)]
    [InlineData(0.6)]
    public void A_class_with_one_example_stays_in_the_larger_part(double share)
    {
        var (a, b) = Labelled([5, 1, 1, 1, 1, 1]).Split(share, 1, stratified: true);
        Assert.Equal(10, a.Count + b.Count);
        var larger = share < 0.5 ? b : a;
        Assert.Equal([0, 1, 2, 3, 4, 5], Enumerable.Range(0, larger.Count).Select(larger.Label).Distinct().Order());
    }

    [Fact]
    public void A_split_that_cannot_be_stratified_is_refused()
    {
        var noClasses = Assert.Throws<InvalidOperationException>(() => Numbered(10).Split(0.5, 1, true));
        Assert.StartsWith(
            "numbered has no classes, so there is nothing to stratify by.",
            noClasses.Message,
            StringComparison.Ordinal);
        var tooSmall = Assert.Throws<ArgumentOutOfRangeException>(() => Labelled([1, 1, 1, 1]).Split(0.25, 1, true));
        Assert.Contains("leaves one part empty", tooSmall.Message, StringComparison.Ordinal);
    }

    /// <summary>Classes with the given numbers of examples. The only input of each example is its own number.</summary>
    private static Dataset Labelled(int[] sizes)
    {
        int[] labels = [.. sizes.SelectMany((size, c) => Enumerable.Repeat(c, size))];
        Matrix inputs = new([.. Enumerable.Range(0, labels.Length).Select(i => (float)i)], 0, labels.Length, 1);
        return Dataset.FromNumbers("labelled", inputs, labels, [.. sizes.Select((_, c) => $"{c}")]);
    }

    private static int[] InputsOf(Dataset data)
    {
        Matrix x = new(data.Count, 1), target = new(data.Count, data.Outputs);
        data.CopyTo([.. Enumerable.Range(0, data.Count)], x, target);
        return [.. x.Values.ToArray().Select(value => (int)value)];
    }

    /// <summary>Examples whose only input is their own number.</summary>
    private static Dataset Numbered(int count)
    {
        Matrix inputs = new([.. Enumerable.Range(0, count).Select(i => (float)i)], 0, count, 1);
        return Dataset.FromNumbers("numbered", inputs, inputs);
    }

    private static int[] Contents(Dataset data)
    {
        Matrix x = new(data.Count, 1), target = new(data.Count, 1);
        data.CopyTo([.. Enumerable.Range(0, data.Count)], x, target);
        Assert.Equal(x.Values.ToArray(), target.Values.ToArray());
        return [.. x.Values.ToArray().Select(value => (int)value)];
    }

    private static void AssertRefused(string message, Func<Dataset> make) =>
        Assert.Equal(message, Assert.Throws<InvalidDataException>(make).Message);
}
