using Nabla.Data;

namespace Nabla.Tests.Data;

public sealed class ImageFittingTests
{
    private static readonly ImageSize small = new(28, 28);

    [Fact]
    public void An_image_that_already_fits_stays_as_it_is()
    {
        var digit = SyntheticData.Digits(1).Image(0).ToArray();
        var fitted = FittedImage.From(digit, small, small);
        Assert.True(fitted.AsItWas);
        Assert.Equal(digit, fitted.Pixels);
    }

    [Theory]
    [InlineData(false, 0, 0)]
    [InlineData(true, 0, 0)]
    [InlineData(true, 60, 0)]
    [InlineData(true, 60, 4)]
    [InlineData(false, 40, 4)]
    public void A_photo_of_a_digit_becomes_the_digit_again(bool darkOnLight, int shadow, int noise)
    {
        var digits = SyntheticData.Digits(20);
        var random = new RandomGenerator(1);
        var likeness = 0.0;
        for (var i = 0; i < digits.Count; i++)
        {
            var original = digits.Image(i).ToArray();
            var photo = Photo(
                original, scale: 5, top: -8, left: 95, height: 170, width: 260, darkOnLight, shadow, noise, random);
            var fitted = FittedImage.From(photo, new(170, 260), small);
            Assert.Equal(darkOnLight, fitted.DarkOnLight);
            Assert.False(fitted.AsItWas);
            likeness += Correlation(original, fitted.Pixels) / digits.Count;
        }
        // Not 1: a shift of a thin line by half a pixel costs some of it.
        Assert.True(likeness > 0.93, $"mean correlation {likeness:F3}");
    }

    [Theory]
    [InlineData(40, 200)]
    [InlineData(200, 40)]
    [InlineData(90, 90)]
    public void The_ink_fits_a_box_of_20_keeps_its_proportions_and_has_its_mass_in_the_middle(
        int inkHeight, int inkWidth)
    {
        var picture = new byte[300 * 400];
        Array.Fill(picture, (byte)230);
        for (var y = 0; y < inkHeight; y++)
            for (var x = 0; x < inkWidth; x++)
                picture[(y + 5) * 400 + x + 150] = 20;
        var image = FittedImage.From(picture, new(300, 400), small).Pixels;
        int[] side = [.. Enumerable.Range(0, 28)];
        int[] rows = [.. side.Where(y => side.Any(x => image[y * 28 + x] > 100))];
        int[] columns = [.. side.Where(x => side.Any(y => image[y * 28 + x] > 100))];
        var longest = Math.Max(inkHeight, inkWidth);
        Assert.InRange(rows.Length, 20 * inkHeight / longest - 1, 20 * inkHeight / longest + 1);
        Assert.InRange(columns.Length, 20 * inkWidth / longest - 1, 20 * inkWidth / longest + 1);
        double mass = image.Sum(pixel => (double)pixel);
        // As in MNIST, the middle is pixel 14.
        Assert.InRange(image.Select((pixel, i) => pixel * (double)(i / 28)).Sum() / mass, 13.9, 14.1);
        Assert.InRange(image.Select((pixel, i) => pixel * (double)(i % 28)).Sum() / mass, 13.9, 14.1);
    }

    [Fact]
    public void A_thin_line_is_made_thick_enough_to_be_seen()
    {
        var picture = new byte[280 * 280];
        for (var y = 20; y < 260; y++)
            picture[y * 280 + 140] = picture[y * 280 + 141] = 255;
        var fitted = FittedImage.From(picture, new(280, 280), small);
        Assert.True(fitted.Thickened);
        Assert.InRange(fitted.Pixels.Sum(pixel => pixel) / 255.0, 20 * 1.2, 20 * 2.6);
    }

    [Fact]
    public void A_speck_does_not_count()
    {
        var original = SyntheticData.Digits(1).Image(0).ToArray();
        var random = new RandomGenerator(1);
        var photo = Photo(original, 5, 20, 20, 200, 240, darkOnLight: true, shadow: 0, noise: 0, random);
        var without = FittedImage.From(photo, new(200, 240), small).Pixels;
        for (var y = 190; y < 195; y++)
            for (var x = 230; x < 234; x++)
                photo[y * 240 + x] = 0;
        Assert.True(Correlation(without, FittedImage.From(photo, new(200, 240), small).Pixels) > 0.999);
    }

    [Fact]
    public void The_fitted_image_may_have_any_size()
    {
        var original = SyntheticData.Digits(1).Image(0).ToArray();
        var large = FittedImage.From(original, small, new(56, 56));
        Assert.Equal(56 * 56, large.Pixels.Length);
        Assert.True(Correlation(original, FittedImage.From(large.Pixels, large.Size, small).Pixels) > 0.93);
        Assert.Equal(8 * 12, FittedImage.From(original, small, new(8, 12)).Pixels.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData(120)]
    public void An_empty_picture_is_refused(byte shade)
    {
        var picture = new byte[50 * 60];
        Array.Fill(picture, shade);
        var error = Assert.Throws<InvalidDataException>(() => FittedImage.From(picture, new(50, 60), small));
        Assert.Contains("nothing on the picture", error.Message);
    }

    [Theory]
    [InlineData(255, 0)]
    [InlineData(0, 0)]
    [InlineData(160, 6)]
    public void A_large_empty_sheet_of_any_size_is_refused(int shade, int noise)
    {
        var random = new RandomGenerator(1);
        for (var height = 281; height <= 300; height += noise > 0 ? 6 : 1)
            for (var width = 150; width <= 300; width += noise > 0 ? 37 : 11)
                foreach (var size in (ImageSize[])[new(height, width), new(width, height)])
                {
                    var error = Record.Exception(() =>
                        FittedImage.From(Sheet(size, shade, noise, random), size, small));
                    Assert.True(
                        error is InvalidDataException && error.Message.Contains("nothing on the picture"),
                        $"{size}: {error?.Message ?? "read"}");
                }
    }

    [Theory]
    [InlineData(200, 300)]
    [InlineData(300, 201)]
    [InlineData(297, 210)]
    public void A_dot_in_the_middle_of_a_large_sheet_is_alone(int height, int width)
    {
        var sheet = Sheet(new(height, width), shade: 255, noise: 0, new(1));
        for (var y = -10; y < 10; y++)
            for (var x = -10; x < 10; x++)
                if (y * y + x * x < 100)
                    sheet[(height / 2 + y) * width + width / 2 + x] = 0;
        var image = FittedImage.From(sheet, new(height, width), small).Pixels;
        // The dot is round and 20 across. With a bar beside it, it would be small and far off the centre.
        foreach (var (y, x) in ((int, int)[])[(14, 6), (14, 22), (6, 14), (22, 14)])
            Assert.True(image[y * 28 + x] > 100, $"row {y}, column {x}");
    }

    private static byte[] Sheet(ImageSize size, int shade, int noise, RandomGenerator random)
    {
        var sheet = new byte[size.Pixels];
        for (var i = 0; i < sheet.Length; i++)
            sheet[i] = (byte)Math.Clamp(shade + (noise > 0 ? noise * random.NextNormal() : 0), 0, 255);
        return sheet;
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 40)]
    [InlineData(3, 2)]
    [InlineData(2000, 1)]
    public void Odd_sizes_do_no_harm(int height, int width)
    {
        var picture = new byte[height * width];
        picture[^1] = 255;
        var exception = Record.Exception(() => FittedImage.From(picture, new(height, width), small));
        Assert.True(exception is null or InvalidDataException, exception?.ToString());
    }

    [Fact]
    public void Too_few_pixels_are_refused() =>
        Assert.Throws<ArgumentException>(() => FittedImage.From(new byte[10], new(2, 6), small));

    /// <summary>The digit on a sheet of paper, larger and off the centre, with light from one side and noise.</summary>
    private static byte[] Photo(
        byte[] digit,
        int scale,
        int top,
        int left,
        int height,
        int width,
        bool darkOnLight,
        int shadow,
        int noise,
        RandomGenerator random)
    {
        var photo = new byte[height * width];
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                double ink = Sample(digit, (y - top + 0.5) / scale - 0.5, (x - left + 0.5) / scale - 0.5) / 255;
                var paper = (darkOnLight ? 200 : 50) + shadow * ((double)x / width - 0.5);
                var value = paper * (1 - ink) + (darkOnLight ? 20 : 230) * ink + noise * random.NextNormal();
                photo[y * width + x] = (byte)Math.Clamp(Math.Round(value), 0, 255);
            }
        return photo;
    }

    private static double Sample(byte[] image, double y, double x)
    {
        int y0 = (int)Math.Floor(y), x0 = (int)Math.Floor(x);
        double fy = y - y0, fx = x - x0;
        return (At(y0, x0) * (1 - fy) + At(y0 + 1, x0) * fy) * (1 - fx)
            + (At(y0, x0 + 1) * (1 - fy) + At(y0 + 1, x0 + 1) * fy) * fx;

        double At(int row, int column) =>
            row is >= 0 and < 28 && column is >= 0 and < 28 ? image[row * 28 + column] : 0;
    }

    private static double Correlation(byte[] a, byte[] b)
    {
        double meanA = a.Average(v => v), meanB = b.Average(v => v);
        var both = a.Zip(b, (v, w) => (v - meanA) * (w - meanB)).Sum();
        return both / Math.Sqrt(a.Sum(v => (v - meanA) * (v - meanA)) * b.Sum(v => (v - meanB) * (v - meanB)));
    }
}
