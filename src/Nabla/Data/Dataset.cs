using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Nabla.Data;

/// <summary>
/// Examples to learn from: inputs, and for each the class it belongs to or the numbers to predict. It keeps the arrays that it is made of, so leave them as they are; parts of
/// it (<see cref="Split"/>, <see cref="Take"/>) share its memory.
/// </summary>
public sealed class Dataset
{
    private readonly ExampleInputs inputs;
    private readonly int[] labels;                      // empty where numbers are to be predicted
    private readonly Matrix targets;                    // empty where there are classes
    private readonly int[] examples;                    // which of the stored ones these are
    private string? fingerprint;

    private Dataset(string name, ExampleInputs inputs, int[] labels, Matrix targets, IReadOnlyList<string> classes, int[] examples)
    {
        Name = name;
        this.inputs = inputs;
        this.labels = labels;
        this.targets = targets;
        this.examples = examples;
        Classes = classes;
    }

    /// <summary>Images with the class of each.</summary>
    /// <param name="name">What to call the data in messages.</param>
    /// <param name="pixels">All images, one after the other, row by row; 0 to 255.</param>
    /// <param name="size">The size of each image.</param>
    /// <param name="labels">The class of each image, from 0.</param>
    /// <param name="classes">The names of the classes.</param>
    /// <exception cref="InvalidDataException">The numbers do not fit one another, or a label is no class.</exception>
    public static Dataset FromImages(string name, byte[] pixels, ImageSize size, byte[] labels, IReadOnlyList<string> classes)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        var expected = (Int128)labels.Length * size.Height * size.Width;
        if (size.Height <= 0 || size.Width <= 0 || expected != pixels.Length)
            throw new InvalidDataException(
                $"{name}: {labels.Length} labels and {pixels.Length} bytes of images of {size} do not fit; {expected} bytes are expected.");
        int[] wide = [.. labels.Select(label => (int)label)];
        CheckLabels(name, wide, classes);
        return new(name, new ImageInputs(pixels, labels.Length, size), wide, default, classes, [.. Enumerable.Range(0, labels.Length)]);
    }

    /// <summary>Rows of numbers with the class of each.</summary>
    /// <exception cref="InvalidDataException">The numbers do not fit one another, or a label is no class.</exception>
    public static Dataset FromNumbers(string name, Matrix inputs, int[] labels, IReadOnlyList<string> classes)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Length != inputs.Rows)
            throw new InvalidDataException($"{name}: there are {inputs.Rows} rows of inputs but {labels.Length} labels.");
        CheckLabels(name, labels, classes);
        CheckFinite(name, "input", inputs);
        return new(name, new NumberInputs(inputs), labels, default, classes, [.. Enumerable.Range(0, inputs.Rows)]);
    }

    /// <summary>Rows of numbers, and for each the numbers to predict from them.</summary>
    /// <exception cref="InvalidDataException">There are not as many of the one as of the other.</exception>
    public static Dataset FromNumbers(string name, Matrix inputs, Matrix targets)
    {
        if (targets.Rows != inputs.Rows)
            throw new InvalidDataException($"{name}: there are {inputs.Rows} rows of inputs but {targets.Rows} rows of targets.");
        CheckFinite(name, "input", inputs);
        CheckFinite(name, "target", targets);
        return new(name, new NumberInputs(inputs), [], targets, [], [.. Enumerable.Range(0, inputs.Rows)]);
    }

    /// <summary>What the data is called.</summary>
    public string Name { get; }

    /// <summary>How many examples there are.</summary>
    public int Count => examples.Length;

    /// <summary>How many numbers an example enters a network with.</summary>
    public int Inputs => inputs.Width;

    /// <summary>How many numbers a network has to give: one for each class, or each number to predict.</summary>
    public int Outputs => HasClasses ? Classes.Count : targets.Columns;

    /// <summary>Whether each example belongs to a class.</summary>
    public bool HasClasses => Classes.Count > 0;

    /// <summary>The names of the classes; empty where numbers are to be predicted.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>The size of the images, or null if the inputs are no images.</summary>
    public ImageSize? ImageSize => (inputs as ImageInputs)?.Size;

    /// <summary>The shape of one example: images keep theirs, other numbers have none.</summary>
    public Shape Shape => ImageSize is { } size ? new(1, size.Height, size.Width) : Shape.Flat(Inputs);

    /// <summary>The class of one example, from 0.</summary>
    /// <exception cref="InvalidOperationException">There are no classes, but numbers to predict.</exception>
    public int Label(int example) => HasClasses
        ? labels[examples[example]]
        : throw new InvalidOperationException($"{Name} has no classes, but {Outputs} numbers to predict.");

    /// <summary>The pixels of one example, 0 to 255.</summary>
    /// <exception cref="InvalidOperationException">The inputs are no images.</exception>
    public ReadOnlySpan<byte> Image(int example) => inputs is ImageInputs images
        ? images.Image(examples[example])
        : throw new InvalidOperationException($"{Name} has no images, but rows of {Inputs} numbers.");

    /// <summary>Writes examples into a batch, one a row: their inputs into x, and into target a 1 in the column of the class
    /// (a one-hot row), or the numbers to predict.</summary>
    public void CopyTo(ReadOnlySpan<int> which, Matrix x, Matrix target) => CopyTo(which, x, target, augmenter: null);

    /// <summary>The same, with the images augmented if there is an augmenter.</summary>
    internal void CopyTo(ReadOnlySpan<int> which, Matrix x, Matrix target, Augmenter? augmenter)
    {
        x.CheckShape(which.Length, Inputs, "The batch");
        target.CheckShape(which.Length, Outputs, "The matrix for the targets");
        var zeros = x.Zeros;
        var words = which.IsEmpty ? 0 : zeros.Length / which.Length;
        for (var row = 0; row < which.Length; row++)
        {
            var example = examples[which[row]];
            if (augmenter is null)
                inputs.CopyTo(example, x.Row(row), zeros.Slice(row * words, words));
            else
                augmenter.Apply(Image(which[row]), which[row], x.RowRange(row, 1));
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

    /// <summary>Says which examples will be asked for next, so that they are on their way from memory while others are learned from.</summary>
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
    public string Fingerprint() => fingerprint ??= $"{Count} examples of {Inputs} inputs and {Outputs} outputs, sha256 {Checksum()}";

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
    /// scikit-learn calls these weights “balanced” (King and Zeng, 2001, <i>Logistic regression in rare events data</i>).
    /// They fit <see cref="SoftmaxCrossEntropy.ClassWeights"/>. Compute them from the training examples.
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

    /// <summary>The first examples, <paramref name="count"/> of them or all there are.</summary>
    public Dataset Take(int count) => Select(examples.AsSpan(0, Math.Clamp(count, 0, Count)));

    /// <summary>Cuts the data in two at random: a share of it, and the rest. The same seed gives the same cut.</summary>
    /// <param name="share">How much goes into the first part, between 0 and 1.</param>
    /// <param name="seed">The seed of the cut.</param>
    /// <param name="stratified">
    /// Whether each class is cut in that ratio too, as nearly as whole examples allow. Every class then keeps an example in the larger part; one
    /// that has a single example is not in the other.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">One of the parts would be empty.</exception>
    /// <exception cref="InvalidOperationException">It is to be stratified, but there are no classes.</exception>
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
            $"{name}: the {what} in row {index / numbers.Columns}, column {index % numbers.Columns} is {numbers.Values[index]}. " +
            "All must be finite numbers; fill in or leave out what is missing.");
    }

    private static void CheckLabels(string name, int[] labels, IReadOnlyList<string> classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        for (var i = 0; i < labels.Length; i++)
            if ((uint)labels[i] >= (uint)classes.Count)
                throw new InvalidDataException(
                    $"{name}: example {i} has the label {labels[i]}, but there are {classes.Count} classes, labelled 0 to {classes.Count - 1}.");
    }
}
