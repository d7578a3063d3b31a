using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Nabla.Data;

/// <summary>
/// Examples to learn from: inputs and, for each example, either its class or the values to predict. A dataset keeps the
/// arrays it is made from, so do not change them; the parts of a dataset (<see cref="Split"/>, <see cref="Take"/>)
/// share its memory.
/// </summary>
public sealed class Dataset
{
    private readonly ExampleInputs inputs;
    private readonly int[] labels;                      // empty if there are values to predict
    private readonly Matrix targets;                    // empty if there are classes
    private readonly int[] examples;                    // the indices of this dataset's examples among the stored ones
    private string? fingerprint;

    private Dataset(
        string name, ExampleInputs inputs, int[] labels, Matrix targets, IReadOnlyList<string> classes, int[] examples)
    {
        Name = name;
        this.inputs = inputs;
        this.labels = labels;
        this.targets = targets;
        this.examples = examples;
        Classes = classes;
    }

    /// <summary>Creates a dataset of images, each with its class.</summary>
    /// <param name="name">The name of the data in messages.</param>
    /// <param name="pixels">All images, one after the other, row by row; 0 to 255.</param>
    /// <param name="size">The size of each image.</param>
    /// <param name="labels">The class of each image, from 0.</param>
    /// <param name="classes">The names of the classes.</param>
    /// <exception cref="InvalidDataException">The lengths do not match, or a label is not a class.</exception>
    public static Dataset FromImages(
        string name, byte[] pixels, ImageSize size, byte[] labels, IReadOnlyList<string> classes)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        var expected = (Int128)labels.Length * size.Height * size.Width;
        if (size.Height <= 0 || size.Width <= 0 || expected != pixels.Length)
            throw new InvalidDataException(
                $"{name}: {labels.Length} labels and {pixels.Length} bytes of images of {size} do not fit; "
                + $"{expected} bytes are expected.");
        int[] wide = [.. labels.Select(label => (int)label)];
        CheckLabels(name, wide, classes);
        return new(
            name,
            new ImageInputs(pixels, labels.Length, size),
            wide,
            default,
            classes,
            [.. Enumerable.Range(0, labels.Length)]);
    }

    /// <summary>Creates a dataset of rows of numbers, each with its class.</summary>
    /// <exception cref="InvalidDataException">The lengths do not match, a label is not a class,
    /// or a number is not finite.</exception>
    public static Dataset FromNumbers(string name, Matrix inputs, int[] labels, IReadOnlyList<string> classes)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Length != inputs.Rows)
            throw new InvalidDataException(
                $"{name}: there are {inputs.Rows} rows of inputs but {labels.Length} labels.");
        CheckLabels(name, labels, classes);
        CheckFinite(name, "input", inputs);
        return new(name, new NumberInputs(inputs), labels, default, classes, [.. Enumerable.Range(0, inputs.Rows)]);
    }

    /// <summary>Creates a dataset of rows of numbers, each with the values to predict from it.</summary>
    /// <exception cref="InvalidDataException">The numbers of rows differ, or a number is not finite.</exception>
    public static Dataset FromNumbers(string name, Matrix inputs, Matrix targets)
    {
        if (targets.Rows != inputs.Rows)
            throw new InvalidDataException(
                $"{name}: there are {inputs.Rows} rows of inputs but {targets.Rows} rows of targets.");
        CheckFinite(name, "input", inputs);
        CheckFinite(name, "target", targets);
        return new(name, new NumberInputs(inputs), [], targets, [], [.. Enumerable.Range(0, inputs.Rows)]);
    }

    /// <summary>The name of the data in messages.</summary>
    public string Name { get; }

    /// <summary>The number of examples.</summary>
    public int Count => examples.Length;

    /// <summary>The number of values with which an example enters a network.</summary>
    public int Inputs => inputs.Width;

    /// <summary>The number of outputs that a network needs: one for each class,
    /// or one for each value to predict.</summary>
    public int Outputs => HasClasses ? Classes.Count : targets.Columns;

    /// <summary>Whether the examples have classes.</summary>
    public bool HasClasses => Classes.Count > 0;

    /// <summary>The names of the classes; empty if there are values to predict instead.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>The size of the images, or null if the inputs are not images.</summary>
    public ImageSize? ImageSize => (inputs as ImageInputs)?.Size;

    /// <summary>The shape of one example: images keep theirs, rows of numbers are flat.</summary>
    public Shape Shape => ImageSize is { } size ? new(1, size.Height, size.Width) : Shape.Flat(Inputs);

    /// <summary>The class of one example, from 0.</summary>
    /// <exception cref="InvalidOperationException">The data has values to predict instead of classes.</exception>
    public int Label(int example) => HasClasses
        ? labels[examples[example]]
        : throw new InvalidOperationException($"{Name} has no classes, but {Outputs} numbers to predict.");

    /// <summary>The pixels of one example, 0 to 255.</summary>
    /// <exception cref="InvalidOperationException">The inputs are not images.</exception>
    public ReadOnlySpan<byte> Image(int example) => inputs is ImageInputs images
        ? images.Image(examples[example])
        : throw new InvalidOperationException($"{Name} has no images, but rows of {Inputs} numbers.");

    /// <summary>Writes examples into a batch, one a row: their inputs into x, and into target a 1 in the column
    /// of the class (a one-hot row), or the values to predict.</summary>
    public void CopyTo(ReadOnlySpan<int> which, Matrix x, Matrix target) => CopyTo(which, x, target, augmenter: null);

    /// <summary>Writes examples into a batch, with the images augmented if there is an augmenter.</summary>
    internal void CopyTo(ReadOnlySpan<int> which, Matrix x, Matrix target, Augmenter? augmenter)
    {
        x.CheckShape(which.Length, Inputs, "The batch");
        target.CheckShape(which.Length, Outputs, "The matrix for the targets");
        var batch = x.Writer;
        for (var row = 0; row < which.Length; row++)
        {
            var example = examples[which[row]];
            if (augmenter is null)
                inputs.CopyTo(example, batch.Row(row), batch.Zeros(row));
            else
                augmenter.Apply(Image(which[row]), which[row], batch.Row(row), batch.Zeros(row));
            var t = target.Row(row);
            if (HasClasses)
            {
                t.Clear();
                t[labels[example]] = 1;
            }
            else
            {
                targets.Row(example).CopyTo(t);
            }
        }
    }

    /// <summary>Prefetches the examples that will be needed next,
    /// so that they arrive from memory while others are learned from.</summary>
    internal void Prefetch(ReadOnlySpan<int> which)
    {
        foreach (var example in which)
            inputs.Prefetch(examples[example]);
    }

    /// <summary>
    /// Returns text that tells one data set from another: the number of examples, inputs and outputs, and a SHA-256
    /// checksum of all examples in order. Checkpoints keep it.
    /// </summary>
    /// <remarks>The first call reads all examples; later calls return the same text at once.</remarks>
    public string Fingerprint() =>
        fingerprint ??= $"{Count} examples of {Inputs} inputs and {Outputs} outputs, sha256 {Checksum()}";

    private string Checksum()
    {
        using var checksum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> label = stackalloc byte[sizeof(int)];
        foreach (var example in examples)
        {
            inputs.AddTo(checksum, example);
            if (!HasClasses)
            {
                checksum.AppendData(MemoryMarshal.AsBytes(targets.Row(example)));
                continue;
            }
            BinaryPrimitives.WriteInt32LittleEndian(label, labels[example]);
            checksum.AppendData(label);
        }
        return Convert.ToHexStringLower(checksum.GetHashAndReset().AsSpan(0, 8));
    }

    /// <summary>
    /// Returns weights under which every class counts the same in all: w = N / (K·n) for a class with n of the N
    /// examples, where K classes have any. The mean weight of an example is 1, and a class without examples gets 1.
    /// </summary>
    /// <remarks>
    /// scikit-learn calls these weights “balanced” (King and Zeng, 2001, <i>Logistic regression in rare events
    /// data</i>). They fit <see cref="SoftmaxCrossEntropy.ClassWeights"/>. Compute them from the training examples.
    /// </remarks>
    /// <exception cref="ArgumentException">There are no classes, or no examples.</exception>
    public double[] BalancedClassWeights() => ClassWeights.Balanced(this);

    /// <summary>Checks these examples, to train with, and others, to test with, before a training.</summary>
    /// <param name="test">The examples to test with.</param>
    /// <returns>A warning, one sentence, for each class that the test examples have and these do not.</returns>
    /// <exception cref="InvalidDataException">
    /// There is nothing to learn: all images are blank, or all examples belong to one class.
    /// </exception>
    public IReadOnlyList<string> CheckForTraining(Dataset test)
    {
        ArgumentNullException.ThrowIfNull(test);
        return TrainingDataCheck.Check(this, test);
    }

    /// <summary>Returns the first <paramref name="count"/> examples, or all if there are fewer.</summary>
    public Dataset Take(int count) => Select(examples.AsSpan(0, Math.Clamp(count, 0, Count)));

    /// <summary>Splits the data in two at random: a share of it, and the rest.
    /// The same seed gives the same split.</summary>
    /// <param name="share">The share of the first part, between 0 and 1.</param>
    /// <param name="seed">The seed of the split.</param>
    /// <param name="stratified">
    /// Whether each class is split in that ratio too, as nearly as whole examples allow. Then every class keeps an
    /// example in the larger part, and a class with a single example is missing from the smaller one.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">One of the parts would be empty.</exception>
    /// <exception cref="InvalidOperationException">The split is to be stratified, but there are no classes.</exception>
    public (Dataset First, Dataset Second) Split(double share, ulong seed, bool stratified = false)
    {
        var count = (int)Math.Round(Count * share);
        if (!(share > 0 && share < 1) || count == 0 || count == Count)
            throw EmptyPart(share);
        int[] shuffled = [.. examples];
        new RandomGenerator(seed, stream: 0x5911).Shuffle(shuffled);
        if (!stratified)
            return (Select(shuffled.AsSpan(0, count)), Select(shuffled.AsSpan(count)));
        if (!HasClasses)
            throw new InvalidOperationException($"{Name} has no classes, so there is nothing to stratify by.");

        var left = Stratification.Quotas([.. shuffled.Select(example => labels[example])], Classes.Count, share);
        var isFirst = Array.ConvertAll(shuffled, example => left[labels[example]]-- > 0);
        int[] first = [.. shuffled.Where((_, i) => isFirst[i])], second = [.. shuffled.Where((_, i) => !isFirst[i])];
        return first.Length == 0 || second.Length == 0 ? throw EmptyPart(share) : (Select(first), Select(second));
    }

    private ArgumentOutOfRangeException EmptyPart(double share) =>
        new(nameof(share), share, $"A share of {share} of the {Count} examples of {Name} leaves one part empty.");

    private Dataset Select(ReadOnlySpan<int> chosen) => new(Name, inputs, labels, targets, Classes, chosen.ToArray());

    private static void CheckFinite(string name, string what, Matrix numbers)
    {
        if (!float.IsNaN(numbers.LargestMagnitude))
            return;
        var index = numbers.Values.ToArray().TakeWhile(float.IsFinite).Count();
        throw new InvalidDataException(
            $"{name}: the {what} in row {index / numbers.Columns}, column {index % numbers.Columns} "
            + $"is {numbers.Values[index]}. " +
            "All must be finite numbers; fill in or leave out what is missing.");
    }

    private static void CheckLabels(string name, int[] labels, IReadOnlyList<string> classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        for (var i = 0; i < labels.Length; i++)
            if ((uint)labels[i] >= (uint)classes.Count)
                throw new InvalidDataException(
                    $"{name}: example {i} has the label {labels[i]}, but there are {classes.Count} classes, "
                    + $"labelled 0 to {classes.Count - 1}.");
    }
}
