using System.Security.Cryptography;
using Nabla.Data;

namespace Nabla.Tests.Data;

public sealed class DigitGeneratorTests
{
    private const int Side = 28, Pixels = Side * Side;

    /// <summary>Change this only with a reason in CHANGELOG: everyone's <c>digits</c> change with it.</summary>
    private const string HashOfTheFirst100 = "4C80AAB2DCB342CC102F07EA103F36E93213998555C1B6D2D8ED121166360120";

    [Fact]
    public void TheSameSeedGivesTheSameBytesForEver()
    {
        var (pixels, labels) = DigitGenerator.Generate(100, seed: 1);
        Assert.Equal(HashOfTheFirst100, Convert.ToHexString(SHA256.HashData([.. pixels, .. labels])));
    }

    [Fact]
    public void AnotherSeedGivesOtherImages()
    {
        var first = DigitGenerator.Generate(20, seed: 1);
        var second = DigitGenerator.Generate(20, seed: 2);
        Assert.NotEqual(first.Labels, second.Labels);
        Assert.NotEqual(first.Pixels, second.Pixels);
    }

    [Fact]
    public void ALongerSetBeginsWithTheShorterOne()
    {
        var few = DigitGenerator.Generate(37, seed: 5);
        var many = DigitGenerator.Generate(200, seed: 5);
        Assert.Equal(few.Labels, many.Labels[..37]);
        Assert.Equal(few.Pixels, many.Pixels[..(37 * Pixels)]);
    }

    [Fact]
    public void NoTwoImagesAreAlike()
    {
        var (pixels, _) = DigitGenerator.Generate(500, seed: 3);
        var different = pixels.Chunk(Pixels).Select(image => Convert.ToHexString(SHA256.HashData(image))).Distinct();
        Assert.Equal(500, different.Count());
    }

    [Fact]
    public void EveryDigitIsEquallyCommonAndTheOrderIsRandom()
    {
        var (_, labels) = DigitGenerator.Generate(1000, seed: 4);
        Assert.All(labels.CountBy(label => label), digit => Assert.Equal(100, digit.Value));
        Assert.NotEqual(labels[..10], labels[10..20]);
    }

    [Fact]
    public void AnIncompleteRoundOfTenIsStillBalanced()
    {
        var (_, labels) = DigitGenerator.Generate(1007, seed: 4);
        Assert.All(labels.CountBy(label => label), digit => Assert.InRange(digit.Value, 100, 101));
    }

    [Fact]
    public void TheCentreOfMassIsInTheMiddle()
    {
        foreach (var image in DigitGenerator.Generate(2000, seed: 6).Pixels.Chunk(Pixels))
        {
            double mass = 0, x = 0, y = 0;
            for (var i = 0; i < Pixels; i++)
            {
                mass += image[i];
                x += image[i] * (i % Side);
                y += image[i] * (i / Side);
            }
            Assert.InRange(x / mass, 13.45, 14.55);
            Assert.InRange(y / mass, 13.45, 14.55);
        }
    }

    [Fact]
    public void TheInkFitsTheBoxAndFillsItOneWay()
    {
        foreach (var image in DigitGenerator.Generate(2000, seed: 7).Pixels.Chunk(Pixels))
        {
            var rows = Enumerable.Range(0, Side)
                .Where(row => image.AsSpan(row * Side, Side).ContainsAnyExcept((byte)0));
            var columns = Enumerable.Range(0, Side)
                .Where(column => Enumerable.Range(0, Side).Any(row => image[row * Side + column] != 0));
            var height = rows.Max() - rows.Min() + 1;
            var width = columns.Max() - columns.Min() + 1;
            Assert.InRange(height, 1, 20);
            Assert.InRange(width, 1, 20);
            Assert.InRange(Math.Max(height, width), 18, 20);
        }
    }

    [Fact]
    public void EveryImageHasPaperAndDarkInk()
    {
        foreach (var image in DigitGenerator.Generate(2000, seed: 8).Pixels.Chunk(Pixels))
        {
            Assert.Contains(image, pixel => pixel > 200);
            Assert.InRange(image.Count(pixel => pixel == 0), Pixels / 2, Pixels - 20);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void TinySetsWork(int count)
    {
        var (pixels, labels) = DigitGenerator.Generate(count, seed: 9);
        Assert.Equal(count, labels.Length);
        Assert.Equal(count * Pixels, pixels.Length);
    }

    [Fact]
    public void ANegativeCountIsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => DigitGenerator.Generate(-1, seed: 1));

    [Fact]
    public void FormsThatCannotBlendAreRefused()
    {
        var error = Assert.Throws<ArgumentException>(() => new DigitFamily(1, "0,0 10,10", "0,0 5,5 10,10"));
        Assert.Contains("0,0 5,5 10,10", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFormIsReadFromItsNotation()
    {
        var form = DigitForm.Parse("2,6 60,4! 22,-100 / 15,48 55,46");
        Assert.Equal([3, 2], form.Strokes.Select(stroke => stroke.Length));
        Assert.Equal(new Waypoint(new PenPoint(60, 4), IsCorner: true), form.Strokes[0][1]);
        Assert.Equal(new Waypoint(new PenPoint(22, -100), IsCorner: false), form.Strokes[0][2]);
    }
}
