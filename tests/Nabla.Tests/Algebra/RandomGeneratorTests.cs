namespace Nabla.Tests.Algebra;

public sealed class RandomGeneratorTests
{
    [Fact]
    public void A_restored_state_continues_the_sequence()
    {
        var random = new RandomGenerator(7);
        random.NextUInt64();
        var state = random.State;
        var expected = Enumerable.Range(0, 10).Select(_ => random.NextUInt64()).ToArray();
        random.State = state;
        Assert.Equal(expected, Enumerable.Range(0, 10).Select(_ => random.NextUInt64()));
    }

    // The first outputs for the state 1, 2, 3, 4, as other implementations of xoshiro256++ publish them.
    [Fact]
    public void The_algorithm_is_xoshiro256_plus_plus()
    {
        var random = new RandomGenerator(0) { State = new(1, 2, 3, 4) };
        ulong[] expected =
        [
            41943041, 58720359, 3588806011781223, 3591011842654386, 9228616714210784205, 9973669472204895162,
            14011001112246962877, 12406186145184390807, 15849039046786891736, 10450023813501588000,
        ];
        Assert.Equal(expected, expected.Select(_ => random.NextUInt64()));
    }

    // From a twin in Python, whose integers have any size. A seed gives the same numbers for ever: do not change these.
    [Theory]
    [InlineData(
        0UL, 0UL, 0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f, 0xf88bb8a8724c81ec,
        0x53175d61490b23df, 0x61da6f3dc380d507, 0x5c0fdf91ec9a7bfc)]
    [InlineData(
        1UL, 0UL, 0x910a2dec89025cc1, 0xbeeb8da1658eec67, 0xf893a2eefb32555e, 0x71c18690ee42c90b,
        0xcfc5d07f6f03c29b, 0xbf424132963fe08d, 0x19a37d5757aaf520)]
    [InlineData(
        42UL, 0UL, 0xbdd732262feb6e95, 0x28efe333b266f103, 0x47526757130f9f52, 0x581ce1ff0e4ae394,
        0xd0764d4f4476689f, 0x519e4174576f3791, 0xfbe07cfb0c24ed8c)]
    [InlineData(
        42UL, 1UL, 0x0750b467c74354b5, 0xfaabbbd5afc5d6e7, 0x02427b77d915d08c, 0xe91440f625b4a946,
        0xb6473066c53b872f, 0xf3159a927e549ccc, 0xc479679f3519929d)]
    [InlineData(
        ulong.MaxValue, 0UL, 0xe4d971771b652c20, 0xe99ff867dbf682c9, 0x382ff84cb27281e9, 0x6d1db36ccba982d2,
        0x56ccf8ce948e27b2, 0xe68588432e5a5b90, 0xe3e9b5a48119ca8b)]
    [InlineData(
        7UL, 0x7EA1UL, 0x153600568f44ba6b, 0x0b2b6bb3358f6a3d, 0x07bf11311b57d6cc, 0x97420ac2d77fcd84,
        0xa1e9629a871af670, 0xe3ac52548603491c, 0x98cec12b466bd86b)]
    public void A_seed_gives_the_same_numbers_for_ever(
        ulong seed, ulong stream, ulong a, ulong b, ulong c, ulong d, ulong first, ulong second, ulong third)
    {
        var random = new RandomGenerator(seed, stream);
        Assert.Equal(new RandomState(a, b, c, d), random.State);
        Assert.Equal([first, second, third], (ulong[])[random.NextUInt64(), random.NextUInt64(), random.NextUInt64()]);
    }

    [Fact]
    public void Streams_of_one_seed_have_nothing_in_common()
    {
        var seen = new HashSet<ulong>();
        for (ulong stream = 0; stream < 100; stream++)
        {
            var random = new RandomGenerator(1, stream);
            for (var i = 0; i < 100; i++)
                Assert.True(seen.Add(random.NextUInt64()));
        }
    }

    [Fact]
    public void Doubles_fill_the_interval_evenly()
    {
        var random = new RandomGenerator(1);
        var bins = new int[100];
        for (var i = 0; i < 100_000; i++)
        {
            var x = random.NextDouble();
            Assert.InRange(x, 0, Math.BitDecrement(1.0));
            bins[(int)(x * 100)]++;
        }
        AssertEven(bins, 100_000);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(784)]
    public void Integers_are_all_equally_likely(int count)
    {
        var random = new RandomGenerator(2);
        var bins = new int[count];
        for (var i = 0; i < 200_000; i++)
            bins[random.NextInt(count)]++;
        AssertEven(bins, 200_000);
    }

    [Fact]
    public void Integers_reach_up_to_the_largest_count()
    {
        var random = new RandomGenerator(3);
        int[] drawn = [.. Enumerable.Range(0, 1000).Select(_ => random.NextInt(int.MaxValue))];
        Assert.All(drawn, value => Assert.InRange(value, 0, int.MaxValue - 1));
        Assert.True(drawn.Max() > 0.99 * int.MaxValue);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_count_that_is_not_positive_is_refused(int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomGenerator(1).NextInt(count));

    [Fact]
    public void Normal_numbers_have_the_moments_of_the_normal_distribution()
    {
        var random = new RandomGenerator(4);
        const int count = 1_000_000;
        double first = 0, second = 0, third = 0, fourth = 0;
        var within1 = 0;
        for (var i = 0; i < count; i++)
        {
            var x = random.NextNormal();
            first += x;
            second += x * x;
            third += x * x * x;
            fourth += x * x * x * x;
            within1 += Math.Abs(x) < 1 ? 1 : 0;
        }
        // Each lies within five standard errors of 0, 1, 0, 3.
        Assert.Equal(0, first / count, 5 * Math.Sqrt(1.0 / count));
        Assert.Equal(1, second / count, 5 * Math.Sqrt(2.0 / count));
        Assert.Equal(0, third / count, 5 * Math.Sqrt(15.0 / count));
        Assert.Equal(3, fourth / count, 5 * Math.Sqrt(96.0 / count));
        Assert.Equal(0.682689492, within1 / (double)count, 5 * Math.Sqrt(0.25 / count));
    }

    [Fact]
    public void A_shuffle_is_a_permutation_and_every_position_is_equally_likely()
    {
        var random = new RandomGenerator(5);
        var landed = new int[10 * 10];
        for (var round = 0; round < 20_000; round++)
        {
            int[] items = [.. Enumerable.Range(0, 10)];
            random.Shuffle(items);
            Assert.Equal(0b1111111111, items.Aggregate(0, (seen, item) => seen | 1 << item));
            for (var place = 0; place < 10; place++)
                landed[items[place] * 10 + place]++;
        }
        AssertEven(landed, 200_000);
    }

    [Fact]
    public void A_restarted_generator_equals_a_new_one()
    {
        var random = new RandomGenerator(1);
        random.NextUInt64();
        random.Restart(7, stream: 3);
        Assert.Equal(new RandomGenerator(7, stream: 3).State, random.State);
    }

    [Fact]
    public void FillUniform_uses_the_lowest_bits_first()
    {
        RandomGenerator random = new(8), same = new(8);
        var numbers = new float[7];
        random.FillUniform(numbers);
        ulong first = same.NextUInt64(), second = same.NextUInt64();
        Assert.Equal(
            Enumerable.Range(0, 7)
                .Select(i => ((i < 4 ? first : second) >> 16 * (i % 4) & 0xFFFF) / 32768f - 65535 / 65536f),
            numbers);
        Assert.Equal(same.State, random.State);
    }

    [Fact]
    public void FillUniform_has_the_mean_and_the_variance_of_the_uniform_distribution()
    {
        var numbers = new float[100_000];
        new RandomGenerator(9).FillUniform(numbers);
        Assert.All(numbers, number => Assert.True(number is > -1 and < 1));
        Assert.Equal(0, numbers.Average(), 5 * Math.Sqrt(1 / 3.0 / numbers.Length));
        Assert.Equal(1 / 3.0, numbers.Average(number => number * number), 5 * Math.Sqrt(4 / 45.0 / numbers.Length));
        var bins = new int[64];
        foreach (var number in numbers)
            bins[(int)((number + 1) * 32)]++;
        AssertEven(bins, numbers.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Shuffling_nothing_is_not_an_error(int count) => new RandomGenerator(6).Shuffle(new int[count]);

    /// <summary>
    /// Pearson's χ² lies within five standard deviations of its expected value. The seeds are fixed, so this cannot
    /// fail by bad luck.
    /// </summary>
    private static void AssertEven(int[] bins, int draws)
    {
        var expected = (double)draws / bins.Length;
        var chiSquare = bins.Sum(n => (n - expected) * (n - expected) / expected);
        var freedom = bins.Length - 1;
        Assert.True(
            Math.Abs(chiSquare - freedom) <= 5 * Math.Sqrt(2 * freedom),
            $"χ² is {chiSquare} for {freedom} degrees of freedom.");
    }
}
