using Nabla.Data;
using Nabla.Tests.Training;

namespace Nabla.Tests.Recorded;

/// <summary>The examples of the recorded runs. Each is drawn once, and the same on any machine.</summary>
internal static class RecordedData
{
    private const int TestCount = 40;

    /// <summary>Digits, most of whose pixels are 0: the library passes over those.</summary>
    public static Lazy<(Dataset Train, Dataset Test)> Digits { get; } =
        new(() => (SyntheticData.Digits(300, seed: 1), SyntheticData.Digits(TestCount, seed: 2)));

    /// <summary>Fewer of the same, for networks that take longer.</summary>
    public static Lazy<(Dataset Train, Dataset Test)> FewDigits { get; } =
        new(() => (Digits.Value.Train.Take(70), Digits.Value.Test.Take(15)));

    /// <summary>Dark strokes on white paper: 0 to 255, 12 × 11 pixels, three classes, the first of them rare.</summary>
    public static Lazy<(Dataset Train, Dataset Test)> Strokes { get; } =
        new(() => (NewStrokes(90, 1), NewStrokes(TestCount, 2)));

    /// <summary>Six tokens of twenty; the first two of them say which class it is.</summary>
    public static Lazy<(Dataset Train, Dataset Test)> Tokens { get; } =
        new(() => (NewTokens(110, 1), NewTokens(TestCount, 2)));

    /// <summary>Points around three centres.</summary>
    public static Lazy<(Dataset Train, Dataset Test)> Clouds { get; } =
        new(() => (Examples.Clouds(100, 12, 3, seed: 1), Examples.Clouds(TestCount, 12, 3, seed: 2)));

    /// <summary>Points around five centres, with more inputs than a block of a matrix product holds.</summary>
    public static Lazy<(Dataset Train, Dataset Test)> WideClouds { get; } =
        new(() => (Examples.Clouds(150, 550, 5, seed: 3), Examples.Clouds(TestCount, 550, 5, seed: 4)));

    /// <summary>Two half moons.</summary>
    public static Lazy<(Dataset Train, Dataset Test)> Moons { get; } =
        new(() => (SyntheticData.Moons(130, seed: 1), SyntheticData.Moons(TestCount, seed: 2)));

    /// <summary>Two spirals, with so much noise that a network learns it in the end.</summary>
    public static Lazy<(Dataset Train, Dataset Test)> Spirals { get; } =
        new(() => (NewSpirals(90, 1), NewSpirals(TestCount, 2)));

    /// <summary>One number to predict.</summary>
    public static Lazy<(Dataset Train, Dataset Test)> Friedman { get; } =
        new(() => (SyntheticData.Friedman(140, seed: 1), SyntheticData.Friedman(TestCount, seed: 2)));

    /// <summary>Two numbers to predict.</summary>
    public static Lazy<(Dataset Train, Dataset Test)> Products { get; } =
        new(() => (NewProducts(120, 1), NewProducts(TestCount, 2)));

    private static Dataset NewSpirals(int count, ulong seed) =>
        SyntheticData.Spirals(count, seed, noise: 0.08, turns: 0.7);

    private static Dataset NewStrokes(int count, ulong seed)
    {
        const int height = 12, width = 11;
        var random = new RandomGenerator(seed);
        var pixels = new byte[count * height * width];
        var labels = new byte[count];
        Array.Fill(pixels, (byte)255);
        for (var image = 0; image < count; image++)
        {
            labels[image] = (byte)(image % 7 == 0 ? 0 : 1 + image % 2);
            int row = 2 + random.NextInt(6), column = 2 + random.NextInt(5);
            for (var i = 0; i < 4; i++)
            {
                var (down, right) = labels[image] switch { 0 => (i, i), 1 => (0, i), _ => (i, 0) };
                pixels[(image * height + row + down) * width + column + right] = (byte)random.NextInt(90);
            }
        }
        return Dataset.FromImages("strokes", pixels, new(height, width), labels, ["slanted", "flat", "upright"]);
    }

    private static Dataset NewTokens(int count, ulong seed)
    {
        const int tokens = 20, length = 6;
        var random = new RandomGenerator(seed);
        var inputs = new Matrix(count, length);
        var labels = new int[count];
        for (var example = 0; example < count; example++)
        {
            foreach (ref var token in inputs.Row(example))
                token = random.NextInt(tokens);
            labels[example] = (int)(inputs[example, 0] + inputs[example, 1]) * 3 / (2 * tokens);
        }
        return Dataset.FromNumbers("tokens", inputs, labels, ["low", "middle", "high"]);
    }

    private static Dataset NewProducts(int count, ulong seed)
    {
        var random = new RandomGenerator(seed);
        Matrix inputs = new(count, 7), targets = new(count, 2);
        for (var example = 0; example < count; example++)
        {
            var x = inputs.Row(example);
            foreach (ref var value in x)
                value = (float)random.NextUniform(-1, 1);
            (targets[example, 0], targets[example, 1]) = (x[0] * x[1], x[2] - x[3] * x[4]);
        }
        return Dataset.FromNumbers("products", inputs, targets);
    }
}
