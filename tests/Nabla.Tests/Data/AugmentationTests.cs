using Nabla.Data;
using Nabla.Kernels;
using Nabla.Tests.Kernels;

namespace Nabla.Tests.Data;

[Collection(Machine.Name)]
public sealed class AugmentationTests : MachineTests
{
    private const int Height = 19, Width = 22;

    [Theory]
    [InlineData("shift 0")]
    [InlineData("rotate 0, scale 0, shear 0")]
    [InlineData("elastic 4 0")]
    [InlineData("shift 0, elastic 1 0, rotate 0, background 9")]
    public void A_distortion_that_changes_nothing_leaves_every_pixel_as_it_is(string text)
    {
        var data = Images(3);
        for (var i = 0; i < 3; i++)
            Assert.Equal(Plain(data, i), Parse.Augmentation(text).Apply(data, i));
    }

    [Fact]
    public void A_shift_moves_whole_pixels_by_every_distance_equally_often_and_leaves_background_behind()
    {
        var data = Images(1);
        var image = data.Image(0).ToArray();
        var seen = new Dictionary<(int, int), int>();
        for (var epoch = 1; epoch <= 2500; epoch++)
        {
            var x = new Augmentation(new RandomShift(2)) { Background = 255 }.Apply(data, 0, epoch);
            var found = Candidates().Single(by => x.SequenceEqual(Shifted(image, by.Right, by.Down)));
            seen[found] = seen.GetValueOrDefault(found) + 1;
        }
        Assert.Equal(25, seen.Count);
        Assert.All(seen.Values, count => Assert.InRange(count, 50, 150));

        static IEnumerable<(int Right, int Down)> Candidates() =>
            from right in Enumerable.Range(-2, 5) from down in Enumerable.Range(-2, 5) select (right, down);
    }

    /// <summary>
    /// Computes the maps as the documentation of each distortion states them, with the random numbers of each example.
    /// </summary>
    [Theory]
    [InlineData("rotate 40")]
    [InlineData("rotate 180")]
    [InlineData("scale 0.5")]
    [InlineData("shear 30")]
    [InlineData("shift 3, rotate 30, scale 0.2, shear 20")]
    [InlineData("shear 20, scale 0.2, rotate 30, shift 3")]
    [InlineData("elastic 2.5 20")]
    [InlineData("elastic 6 60")]
    [InlineData("rotate 20, elastic 6 36, shift 2")]
    public void The_image_is_read_once_where_all_distortions_together_point(string text)
    {
        const ulong seed = 5;
        const int epoch = 3;
        var data = Images(4);
        foreach (var background in (ReadOnlySpan<byte>)[0, 130])
            for (var example = 0; example < data.Count; example++)
            {
                var augmentation = Parse.Augmentation($"{text}, background {background}");
                var epochSeed = new RandomGenerator(seed, (0xA06UL << 32) + epoch).NextUInt64();
                var random = new RandomGenerator(epochSeed, (ulong)example);
                var source = NaiveSource(augmentation, random);
                var x = augmentation.Apply(data, example, epoch, seed);
                var image = data.Image(example).ToArray();
                for (var i = 0; i < Height * Width; i++)
                {
                    var (sx, sy) = source(i % Width, i / Width);
                    Assert.Equal(NaiveResampling.At(image, Height, Width, background, sx, sy) / 255, x[i], 3e-5);
                }
            }
    }

    [Fact]
    public void A_quarter_turn_is_exact_up_to_rounding_and_anticlockwise()
    {
        var map = RandomRotation.By(90);
        // What was on the right is above.
        Assert.Equal((0, -1), (Math.Round(map.XX * 1 + map.XY * 0, 12), Math.Round(map.YX * 1 + map.YY * 0, 12)));
        const int side = 13;
        byte[] image = [.. Enumerable.Range(0, side * side).Select(i => (byte)(i * 31 + i / 7))];
        var source = new BorderedImage(side, side, background: 0);
        source.Set(image);
        var back = map.Inverse().About(6, 6);
        var row = new float[side];
        for (var y = 0; y < side; y++)
        {
            float x0 = (float)(back.XY * y + back.X), y0 = (float)(back.YY * y + back.Y);
            Resampling.Row(source, new(x0, (float)back.XX, y0, (float)back.YX), [], [], row, 1);
            for (var x = 0; x < side; x++)
                Assert.Equal(image[x * side + side - 1 - y], row[x], 1e-3);
        }
    }

    [Fact]
    public void A_positive_shear_leans_to_the_right()
    {
        var map = RandomShear.By(45);
        Assert.Equal((1, -1), (Math.Round(map.XY * -1, 12), map.YY * -1));      // a point above the centre moves right
    }

    [Fact]
    public void A_map_followed_by_its_inverse_changes_nothing()
    {
        var map = RandomRotation.By(25).Then(new(1.2, 0.3, 4, 0, 0.7, -2)).Then(RandomShear.By(-10)).About(3, 4);
        var both = map.Then(map.Inverse());
        double[] expected = [1, 0, 0, 0, 1, 0], actual = [both.XX, both.XY, both.X, both.YX, both.YY, both.Y];
        for (var i = 0; i < 6; i++)
            Assert.Equal(expected[i], actual[i], 1e-12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(19)]
    public void A_cut_out_is_one_square_of_background_whose_centre_may_be_anywhere(int side)
    {
        var data = Images(1);
        var covered = new int[Height * Width];
        var centres = new HashSet<(int, int)>();
        for (var epoch = 1; epoch <= 6000; epoch++)
        {
            var x = new Augmentation(new RandomCutOut(side)) { Background = 1 }.Apply(data, 0, epoch);
            var random = new RandomGenerator(new RandomGenerator(0, (0xA06UL << 32) + (ulong)epoch).NextUInt64(), 0);
            int cy = random.NextInt(Height), cx = random.NextInt(Width);
            centres.Add((cy, cx));
            for (var i = 0; i < x.Length; i++)
            {
                int fromTop = i / Width - (cy - side / 2), fromLeft = i % Width - (cx - side / 2);
                var inside = fromTop >= 0 && fromTop < side && fromLeft >= 0 && fromLeft < side;
                Assert.Equal((inside ? 1 : data.Image(0)[i]) * (1 / 255f), x[i]);
                covered[i] += inside ? 1 : 0;
            }
        }
        Assert.Equal(Height * Width, centres.Count);
        Assert.All(covered, count => Assert.True(count > 0));
    }

    [Fact]
    public void Only_the_seed_the_epoch_and_the_example_make_a_difference()
    {
        var data = Images(2, alike: true);
        var augmentation = Parse.Augmentation("elastic");
        var first = augmentation.Apply(data, 0, epoch: 1, seed: 1);
        Assert.Equal(first, augmentation.Apply(data, 0, epoch: 1, seed: 1));
        Assert.NotEqual(first, augmentation.Apply(data, 1, epoch: 1, seed: 1));
        Assert.NotEqual(first, augmentation.Apply(data, 0, epoch: 2, seed: 1));
        Assert.NotEqual(first, augmentation.Apply(data, 0, epoch: 1, seed: 2));
    }

    [Fact]
    public void Every_instruction_set_gives_the_same_bytes()
    {
        var data = Images(5);
        var augmentation = Parse.Augmentation("shift 1, rotate 10, scale 0.1, shear 5, elastic 5 40, cutout 5");
        for (var i = 0; i < data.Count; i++)
        {
            float[]? expected = null;
            foreach (var set in Machine.Available)
            {
                Processor.Current = set;
                var x = augmentation.Apply(data, i);
                expected ??= x;
                TestNumbers.AssertSameBits(expected, x, $"{set}");
            }
        }
    }

    [Theory]
    [InlineData(
        "shift 19",
        "images cannot be augmented: a shift by 19 pixels can move images of 19 × 22 out of sight. " +
        "Take a smaller one, such as \"shift 2\".")]
    [InlineData(
        "cutout 20",
        "images cannot be augmented: a cut-out of 20 × 20 pixels is larger than images of 19 × 22. " +
        "Take a smaller one, such as \"cutout 4\".")]
    public void What_makes_no_sense_for_the_images_is_refused(string text, string message)
    {
        var error = Assert.Throws<ArgumentException>(() => Parse.Augmentation(text).Apply(Images(1), 0));
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Examples_that_are_not_images_are_refused()
    {
        var data = Dataset.FromNumbers("flowers", new Matrix(1, 4), [0], ["iris"]);
        Assert.Equal(
            "flowers cannot be augmented: its examples are rows of 4 numbers, not images. " +
            "Leave out the augmentation; if they are images, make the data by Dataset.FromImages.",
            Assert.Throws<ArgumentException>(() => Parse.Augmentation("light").Apply(data, 0)).Message);
    }

    /// <summary>Where pixel (x, y) is read from, in double precision, from the formulas alone.</summary>
    private static Func<int, int, (double X, double Y)> NaiveSource(Augmentation augmentation, RandomGenerator random)
    {
        var undo = new List<Func<(double X, double Y), (double X, double Y)>>();
        foreach (var distortion in augmentation.Distortions)
            switch (distortion)
            {
                case RandomShift shift:
                    var dx = shift.Pixels - random.NextInt(2 * shift.Pixels + 1);
                    var dy = shift.Pixels - random.NextInt(2 * shift.Pixels + 1);
                    undo.Add(p => (p.X - dx, p.Y - dy));
                    break;
                case RandomRotation rotate:
                    var angle = -random.NextUniform(-rotate.Degrees, rotate.Degrees) * Math.PI / 180;
                    double cos = Math.Cos(angle), sin = Math.Sin(angle);
                    undo.Add(p => (cos * p.X + sin * p.Y, -sin * p.X + cos * p.Y));
                    break;
                case RandomScale scale:
                    var s = 1 + random.NextUniform(-scale.Share, scale.Share);
                    var t = 1 + random.NextUniform(-scale.Share, scale.Share);
                    undo.Add(p => (p.X / s, p.Y / t));
                    break;
                case RandomShear shear:
                    var slant = random.NextUniform(-shear.Degrees, shear.Degrees) * Math.PI / 180;
                    undo.Add(p => (p.X + Math.Tan(slant) * p.Y, p.Y));
                    break;
            }
        undo.Reverse();
        var displaced = augmentation.Distortions.OfType<RandomElastic>()
            .Select(elastic => NaiveField(elastic, random))
            .FirstOrDefault((_, _) => (0, 0));
        return (x, y) =>
        {
            var at = (X: x - (Width - 1) / 2.0, Y: y - (Height - 1) / 2.0);
            foreach (var step in undo)
                at = step(at);
            var (dx, dy) = displaced(x, y);
            return (at.X + (Width - 1) / 2.0 + dx, at.Y + (Height - 1) / 2.0 + dy);
        };
    }

    /// <summary>A sum over all nodes of the noise, computed anew for each pixel.</summary>
    private static Func<int, int, (double Dx, double Dy)> NaiveField(RandomElastic elastic, RandomGenerator random)
    {
        double sigma = elastic.Sigma, reach = Math.Ceiling(4 * sigma), step = Math.Max(1, Math.Floor(sigma / 2));
        var before = Math.Ceiling(reach / step);
        var down = (int)(before + Math.Floor((Height - 1 + reach) / step)) + 1;
        var across = (int)(before + Math.Floor((Width - 1 + reach) / step)) + 1;
        var noise = new float[2 * down * across];
        random.FillUniform(noise);
        double Bell(double distance) =>
            Math.Abs(distance) > reach ? 0 : Math.Exp(-distance * distance / (2 * sigma * sigma));
        var sum = Enumerable.Range((int)-reach, 2 * (int)reach + 1).Sum(distance => Bell(distance));
        double Sum(int half, int x, int y)
        {
            var total = 0.0;
            for (var i = 0; i < down; i++)
                for (var j = 0; j < across; j++)
                {
                    double dy = y - step * (i - before), dx = x - step * (j - before);
                    total += Bell(dy) * Bell(dx) * noise[(half * down + i) * across + j];
                }
            return elastic.Alpha * step * total / (sum * sum);
        }
        return (x, y) => (Sum(0, x, y), Sum(1, x, y));
    }

    private static float[] Plain(Dataset data, int example) =>
        [.. data.Image(example).ToArray().Select(pixel => pixel * (1 / 255f))];

    private static float[] Shifted(byte[] image, int right, int down)
    {
        var x = new float[image.Length];
        for (var i = 0; i < x.Length; i++)
        {
            int fromX = i % Width - right, fromY = i / Width - down;
            var inside = fromX is >= 0 and < Width && fromY is >= 0 and < Height;
            x[i] = (inside ? image[fromY * Width + fromX] : 255) * (1 / 255f);
        }
        return x;
    }

    private static Dataset Images(int count, bool alike = false)
    {
        byte[] pixels =
        [
            .. Enumerable.Range(0, count * Height * Width)
                .Select(i => (byte)((alike ? i % (Height * Width) : i) * 73 % 251)),
        ];
        return Dataset.FromImages("images", pixels, new(Height, Width), new byte[count], ["one"]);
    }
}
