using Nabla.Formulas;

namespace Nabla;

/// <summary>The whole state of a <see cref="RandomGenerator"/>:
/// save it and restore it, and the sequence continues.</summary>
/// <param name="A">First word.</param>
/// <param name="B">Second word.</param>
/// <param name="C">Third word.</param>
/// <param name="D">Fourth word.</param>
internal readonly record struct RandomState(ulong A, ulong B, ulong C, ulong D);

/// <summary>
/// Seeded random numbers, the same on every machine: xoshiro256++ (Blackman and Vigna, 2021), with its state filled
/// from the seed by SplitMix64 (Steele, Lea and Flood, 2014).
/// </summary>
/// <remarks>
/// <see cref="System.Random"/> promises no algorithm and cannot be saved. This one is specified, so that a seed
/// means the same weights, the same order of examples and the same model for ever. It is not for cryptography, and
/// not for several threads at once: give each its own <c>stream</c>.
/// </remarks>
public sealed class RandomGenerator : IStateful
{
    private RandomState state;

    /// <summary>Creates a generator for one seed;
    /// generators with the same seed and different streams are independent.</summary>
    public RandomGenerator(ulong seed, ulong stream = 0) => Restart(seed, stream);

    /// <summary>The current state of the sequence.</summary>
    /// <exception cref="ArgumentException">All four words are 0, a state that produces only zeros.</exception>
    internal RandomState State
    {
        get => state;
        set => state = value != default
            ? value
            : throw new ArgumentException("A state of four zeros gives only zeros. Restore one that was saved.");
    }

    /// <summary>Puts this generator into the state of a new one for this seed and stream.</summary>
    internal void Restart(ulong seed, ulong stream)
    {
        var mix = seed ^ (stream * 0xD1342543DE82EF95);
        State = new(SplitMix64(ref mix), SplitMix64(ref mix), SplitMix64(ref mix), SplitMix64(ref mix));
    }

    /// <inheritdoc/>
    void IStateful.Visit(StateVisitor state)
    {
        var (a, b, c, d) = State;
        state.Visit("a", ref a);
        state.Visit("b", ref b);
        state.Visit("c", ref c);
        state.Visit("d", ref d);
        State = new(a, b, c, d);
    }

    /// <summary>Returns 64 random bits.</summary>
    public ulong NextUInt64()
    {
        var (a, b, c, d) = state;
        var result = ulong.RotateLeft(a + d, 23) + a;
        var t = b << 17;
        c ^= a;
        d ^= b;
        b ^= c;
        a ^= d;
        c ^= t;
        d = ulong.RotateLeft(d, 45);
        state = new(a, b, c, d);                        // never four zeros: only four zeros lead to them
        return result;
    }

    /// <summary>Returns a uniform number in [0, 1), with 53 random bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Returns a uniform number between <paramref name="low"/> and <paramref name="high"/>.</summary>
    public double NextUniform(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>Returns one of 0 … <paramref name="count"/> − 1,
    /// all with exactly the same probability (Lemire, 2019).</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not positive.</exception>
    public int NextInt(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var bound = (ulong)count;
        var high = Math.BigMul(NextUInt64(), bound, out var low);
        if (low < bound)
            for (var reject = (0 - bound) % bound; low < reject;)
                high = Math.BigMul(NextUInt64(), bound, out low);
        return (int)high;
    }

    /// <summary>Returns a number from N(0, 1), the normal distribution,
    /// by the polar method (Marsaglia and Bray, 1964).</summary>
    public double NextNormal()
    {
        while (true)
        {
            double u = NextUniform(-1, 1), v = NextUniform(-1, 1);
            var s = u * u + v * v;
            if (s is > 0 and < 1)
                return u * Math.Sqrt(-2 * ScalarMath.Log(s) / s);
        }
    }

    /// <summary>
    /// Fills a span with numbers between −1 and 1, uniform to 16 bits: odd multiples of 2⁻¹⁶, four from each 64
    /// random bits, the lowest bits first. For many numbers that will be summed.
    /// </summary>
    internal void FillUniform(Span<float> numbers)
    {
        var bits = 0UL;
        for (var i = 0; i < numbers.Length; i++)
        {
            bits = i % 4 == 0 ? NextUInt64() : bits >> 16;
            numbers[i] = (2 * (int)(ushort)bits - 65535) * (1 / 65536f);
        }
    }

    /// <summary>Puts <paramref name="items"/> into a random order,
    /// all orders with the same probability (Fisher and Yates).</summary>
    public void Shuffle(Span<int> items)
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            var other = NextInt(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    private static ulong SplitMix64(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
