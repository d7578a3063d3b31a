using Nabla.Formulas;

namespace Nabla.Data;

/// <summary>
/// Small problems drawn from a formula, for experiments and tests. The same arguments give the same data on every
/// machine, and a longer set begins with the shorter one.
/// </summary>
public static class SyntheticData
{
    private static readonly string[] twoClasses = ["0", "1"];

    /// <summary>The seed of the digits to train with.</summary>
    internal const ulong DigitsToTrainWith = 1;

    /// <summary>The seed of the digits to test with: another one, so that none of them was seen in training.</summary>
    internal const ulong DigitsToTestWith = 2;

    /// <summary>
    /// Handwritten-style digits, drawn by this library. They look like those of MNIST: 28 × 28 pixels, grey, bright on
    /// dark, with the classes "0" to "9".
    /// </summary>
    /// <param name="count">The number of digits, at least 1.</param>
    /// <param name="seed">The seed of the digits.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not positive.</exception>
    public static Dataset Digits(int count = 60_000, ulong seed = DigitsToTrainWith)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var (pixels, labels) = DigitGenerator.Generate(count, seed);
        return Dataset.FromImages("digits", pixels, new(28, 28), labels, ImageFolder.TenDigits);
    }

    /// <summary>
    /// A regression, Friedman #1: y = 10·sin(π·x₁·x₂) + 20·(x₃ − ½)² + 10·x₄ + 5·x₅ + noise, from ten inputs between
    /// 0 and 1, of which five have no effect. Friedman (1991), <i>Multivariate adaptive regression splines</i>,
    /// section 4.3.
    /// </summary>
    /// <param name="count">The number of examples.</param>
    /// <param name="seed">The seed of the examples.</param>
    /// <param name="noise">The standard deviation of the noise; that of y without noise is about 4.9.</param>
    public static Dataset Friedman(int count, ulong seed, double noise = 1)
    {
        const int inputs = 10;
        var random = Random(count, noise, seed);
        Matrix x = new(count, inputs), y = new(count, 1);
        for (var example = 0; example < count; example++)
        {
            var row = x.Row(example);
            foreach (ref var value in row)
                value = (float)random.NextDouble();
            var centred = row[2] - 0.5;
            var sine = ScalarMath.SinCos(Math.PI * row[0] * row[1]).Sin;
            y[example, 0] = (float)(
                10 * sine + 20 * centred * centred + 10 * row[3] + 5 * row[4] + noise * random.NextNormal());
        }
        return Dataset.FromNumbers("friedman", x, y);
    }

    /// <summary>
    /// Exclusive or: the corners of a square, one after the other; class 1 where exactly one of the two coordinates
    /// is 1. The smallest problem that a network without a hidden layer cannot learn: Minsky and Papert (1969),
    /// <i>Perceptrons</i>.
    /// </summary>
    /// <param name="count">The number of examples; four are all corners.</param>
    /// <param name="seed">The seed of the noise.</param>
    /// <param name="noise">The standard deviation of the noise added to each coordinate.</param>
    public static Dataset Xor(int count = 4, ulong seed = 0, double noise = 0) =>
        Points("xor", count, seed, noise, (_, example) =>
        {
            var (x, y) = (example >> 1 & 1, example & 1);
            return (x, y, x ^ y);
        });

    /// <summary>
    /// Two spirals that wind around each other, after Lang and Witbrock (1988), <i>Learning to tell two spirals
    /// apart</i>: no line, nor any few lines, can separate them. Both begin at the centre and end at a distance of 1.
    /// </summary>
    /// <param name="count">The number of examples; the two classes alternate.</param>
    /// <param name="seed">The seed of the examples.</param>
    /// <param name="noise">The standard deviation of the noise added to each coordinate.</param>
    /// <param name="turns">The number of turns of each spiral; the original's three are hard.</param>
    public static Dataset Spirals(int count, ulong seed, double noise = 0, double turns = 1.5) =>
        Points("spirals", count, seed, noise, (random, example) =>
        {
            var distance = random.NextDouble();
            var label = example & 1;
            var (sin, cos) = ScalarMath.SinCos(2 * Math.PI * turns * distance + Math.PI * label);
            return (distance * cos, distance * sin, label);
        });

    /// <summary>Two half moons, one above and one below, each reaching into the other's
    /// hollow (scikit-learn's <c>make_moons</c>).</summary>
    /// <param name="count">The number of examples; the two classes alternate.</param>
    /// <param name="seed">The seed of the examples.</param>
    /// <param name="noise">The standard deviation of the noise added to each coordinate.</param>
    public static Dataset Moons(int count, ulong seed, double noise = 0.1) =>
        Points("moons", count, seed, noise, (random, example) =>
        {
            var (sin, cos) = ScalarMath.SinCos(Math.PI * random.NextDouble());
            return (example & 1) == 0 ? (cos, sin, 0) : (1 - cos, 0.5 - sin, 1);
        });

    private static Dataset Points(
        string name,
        int count,
        ulong seed,
        double noise,
        Func<RandomGenerator, int, (double X, double Y, int Label)> draw)
    {
        var random = Random(count, noise, seed);
        var inputs = new Matrix(count, 2);
        var labels = new int[count];
        for (var example = 0; example < count; example++)
        {
            var (x, y, label) = draw(random, example);
            inputs[example, 0] = (float)(x + noise * random.NextNormal());
            inputs[example, 1] = (float)(y + noise * random.NextNormal());
            labels[example] = label;
        }
        return Dataset.FromNumbers(name, inputs, labels, twoClasses);
    }

    private static RandomGenerator Random(int count, double noise, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return noise >= 0 && double.IsFinite(noise)
            ? new RandomGenerator(seed)
            : throw new ArgumentOutOfRangeException(
                nameof(noise), noise, $"The noise must be finite and not negative, but is {noise}.");
    }
}
