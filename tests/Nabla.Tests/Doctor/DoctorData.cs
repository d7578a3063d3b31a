using Nabla.Data;
using Nabla.Tests.Training;

namespace Nabla.Tests.Doctors;

/// <summary>Data for the doctor's runs, intact or spoilt.</summary>
internal static class DoctorData
{
    /// <summary>Generated digits: 600 for training, 200 for validation.</summary>
    public static (Dataset Train, Dataset? Validation) SomeDigits(ulong seed) =>
        (SyntheticData.Digits(600, seed + 10), SyntheticData.Digits(200, seed + 1000));

    /// <summary>Pixels as in the file, from 0 to 255.</summary>
    public static (Dataset Train, Dataset? Validation) UnscaledDigits(ulong seed)
    {
        var (train, validation) = SomeDigits(seed);
        return (Remade(train, x => 255 * x, label => label), Remade(validation!, x => 255 * x, label => label));
    }

    /// <summary>Digits with random labels.</summary>
    public static (Dataset Train, Dataset? Validation) ShuffledLabels(ulong seed)
    {
        var random = new RandomGenerator(seed, stream: 0x5A);
        var (train, validation) = SomeDigits(seed);
        return (Remade(train, x => x, _ => random.NextInt(10)), Remade(validation!, x => x, _ => random.NextInt(10)));
    }

    /// <summary>No sevens in the training data, but some in the validation data.</summary>
    public static (Dataset Train, Dataset? Validation) WithoutSevens(ulong seed)
    {
        var (train, validation) = SomeDigits(seed);
        return (Chosen(train, label => label != 7), validation);
    }

    /// <summary>Sevens only.</summary>
    public static (Dataset Train, Dataset? Validation) OnlySevens(ulong seed) =>
        (Chosen(SomeDigits(seed).Train, label => label == 7), null);

    /// <summary>Digits whose labels start at 1. The network has eleven outputs for them.</summary>
    public static (Dataset Train, Dataset? Validation) LabelsFromOne(ulong seed)
    {
        string[] classes = [.. Enumerable.Range(0, 11).Select(k => $"{k}")];
        var (train, validation) = SomeDigits(seed);
        return (Remade(train, x => x, From1, classes), Remade(validation!, x => x, From1, classes));

        static int From1(int label) => label + 1;
    }

    /// <summary>Pixels from 0 to 1 in the training data, but from 0 to 255 in the validation data.</summary>
    public static (Dataset Train, Dataset? Validation) ValidationUnscaled(ulong seed) =>
        (SomeDigits(seed).Train, UnscaledDigits(seed).Validation);

    /// <summary>
    /// Forty points in twenty dimensions, in clouds; every third has a random class. Too few examples, with unreliable
    /// labels.
    /// </summary>
    public static (Dataset Train, Dataset? Validation) FewAndNoisy(ulong seed)
    {
        var random = new RandomGenerator(seed, stream: 0xF0);
        return (Noisy(Examples.Clouds(40, 20, 2, seed)), Noisy(Examples.Clouds(300, 20, 2, seed + 500)));

        Dataset Noisy(Dataset data) =>
            Remade(data, x => x, label => random.NextInt(3) == 0 ? random.NextInt(2) : label);
    }

    /// <summary>Points around a centre, for each of four classes.</summary>
    public static (Dataset Train, Dataset? Validation) Clouds(ulong seed) =>
        (Examples.Clouds(200, 8, 4, seed), Examples.Clouds(100, 8, 4, seed + 500));

    /// <summary>The same points, with a column that is always 5.</summary>
    public static (Dataset Train, Dataset? Validation) ConstantColumn(ulong seed)
    {
        var (train, validation) = Clouds(seed);
        return (WithColumn(train), WithColumn(validation!));

        static Dataset WithColumn(Dataset data)
        {
            var (x, labels) = Numbers(data);
            for (var i = 0; i < x.Rows; i++)
                x[i, 3] = 5;
            return Dataset.FromNumbers(data.Name, x, labels, data.Classes);
        }
    }

    /// <summary>Exclusive or: four examples.</summary>
    public static (Dataset Train, Dataset? Validation) Xor(ulong seed)
    {
        var (x, target) = Examples.Xor;
        return (Dataset.FromNumbers("xor", x, target), null);
    }

    /// <summary>A sine with noise, from −3 to 3.</summary>
    public static (Dataset Train, Dataset? Validation) Sine(ulong seed) =>
        (SineOf(300, seed, 1), SineOf(100, seed + 500, 1));

    /// <summary>The same sine, ten times as high.</summary>
    public static (Dataset Train, Dataset? Validation) HighSine(ulong seed) =>
        (SineOf(300, seed, 10), SineOf(100, seed + 500, 10));

    private static Dataset SineOf(int count, ulong seed, float height)
    {
        var random = new RandomGenerator(seed, stream: 0x51);
        Matrix x = new(count, 1), target = new(count, 1);
        for (var i = 0; i < count; i++)
        {
            x[i, 0] = (float)random.NextUniform(-3, 3);
            target[i, 0] = height * (MathF.Sin(x[i, 0]) + 0.1f * (float)random.NextNormal());
        }
        return Dataset.FromNumbers("sine", x, target);
    }

    private static Dataset Remade(
        Dataset data, Func<float, float> input, Func<int, int> label, IReadOnlyList<string>? classes = null)
    {
        var (x, labels) = Numbers(data);
        foreach (ref var value in x.Values)
            value = input(value);
        return Dataset.FromNumbers(data.Name, x, [.. labels.Select(label)], classes ?? data.Classes);
    }

    private static Dataset Chosen(Dataset data, Func<int, bool> label)
    {
        var (x, labels) = Numbers(data);
        int[] which = [.. Enumerable.Range(0, data.Count).Where(i => label(labels[i]))];
        var chosen = new Matrix([.. which.SelectMany(i => x.Row(i).ToArray())], 0, which.Length, data.Inputs);
        return Dataset.FromNumbers(data.Name, chosen, [.. which.Select(i => labels[i])], data.Classes);
    }

    private static (Matrix X, int[] Labels) Numbers(Dataset data)
    {
        Matrix x = new(data.Count, data.Inputs), target = new(data.Count, data.Outputs);
        data.CopyTo([.. Enumerable.Range(0, data.Count)], x, target);
        return (x, [.. Enumerable.Range(0, data.Count).Select(data.Label)]);
    }
}
