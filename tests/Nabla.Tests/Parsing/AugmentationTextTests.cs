using Nabla.Data;

namespace Nabla.Tests.Parsing;

public sealed class AugmentationTextTests
{
    private const string Write =
        "Write light, elastic, or a list such as \"elastic 6 36, rotate 10, shift 2\".";

    private const string Known =
        "Known are: shift, rotate, scale, shear, elastic, cutout, background; on their own, also light, elastic.";

    private const string Commas = "Separate the parts with commas.";

    [Fact]
    public void A_list_becomes_distortions_in_its_order()
    {
        var augmentation = Parse.Augmentation(
            " Elastic 6 36,rotate 7.5 , shift 2, SCALE .1, shear 1e1, background 255, cutout 8");
        RandomDistortion[] expected =
        [
            new RandomElastic(6, 36),
            new RandomRotation(7.5),
            new RandomShift(2),
            new RandomScale(0.1),
            new RandomShear(10),
            new RandomCutOut(8),
        ];
        Assert.Equal(expected, augmentation.Distortions);
        Assert.Equal(255, augmentation.Background);
        Assert.Equal(
            "elastic 6 36, rotate 7.5, shift 2, scale 0.1, shear 10, cutout 8, background 255",
            augmentation.Description);
        Assert.Equal(augmentation.Description, Parse.Augmentation(augmentation.Description).ToString());
    }

    [Fact]
    public void Presets_have_names_and_describe_their_distortions()
    {
        Assert.Equal(["light", "elastic"], Parse.AugmentationPresets);
        Assert.Equal("shift 1, rotate 7.5, scale 0.1", Parse.Augmentation("light").Description);
        Assert.Equal("elastic 6 36, rotate 7.5, scale 0.1", Parse.Augmentation(" Elastic ").Description);
    }

    [Fact]
    public void Every_name_is_known() =>
        Assert.Equal(["shift", "rotate", "scale", "shear", "elastic", "cutout"], Parse.AugmentationNames);

    [Theory]
    [InlineData("", "Part 1 of '' is empty. " + Write)]
    [InlineData("shift 2,", "Part 2 of 'shift 2,' is empty. " + Write)]
    [InlineData(
        "rotat 10", "Part 1 of 'rotat 10': there is no distortion 'rotat'. Did you mean 'rotate'? " + Known)]
    [InlineData("lihgt", "Part 1 of 'lihgt': there is no distortion 'lihgt'. Did you mean 'light'? " + Known)]
    [InlineData("mirror", "Part 1 of 'mirror': there is no distortion 'mirror'. " + Known)]
    [InlineData(
        "light, cutout 8",
        "Part 1 of 'light, cutout 8': 'light' stands for a whole list, so it cannot be part of one. " +
        "Write the list instead: \"shift 1, rotate 7.5, scale 0.1\".")]
    [InlineData(
        "elastic, cutout 8",
        "Part 1 of 'elastic, cutout 8': 'elastic' takes two numbers, σ and α, as in \"elastic 6 36\"; " +
        "found 'elastic'. " + Commas)]
    [InlineData(
        "shift 2 rotate 10",
        "Part 1 of 'shift 2 rotate 10': 'shift' takes the most pixels, as in \"shift 2\"; " +
        "found 'shift 2 rotate 10'. " + Commas)]
    [InlineData(
        "rotate ten",
        "Part 1 of 'rotate ten': 'rotate' takes the largest angle in degrees, as in \"rotate 10\"; " +
        "found 'rotate ten'. " + Commas)]
    [InlineData(
        "scale 0.1 0.2",
        "Part 1 of 'scale 0.1 0.2': 'scale' takes how far the factors may be from 1, as in \"scale 0.1\"; " +
        "found 'scale 0.1 0.2'. " + Commas)]
    [InlineData("shift 1.5", "Part 1 of 'shift 1.5': A whole number of pixels is expected; found 1.5.")]
    [InlineData("shift NaN", "Part 1 of 'shift NaN': A whole number of pixels is expected; found NaN.")]
    [InlineData(
        "shift 1, shift 2",
        "'shift 1, shift 2': 'shift' appears 2 times, but may appear only once. Keep one, with the larger numbers.")]
    [InlineData(
        "background 255", "'background 255': An augmentation needs at least one distortion, such as a rotation.")]
    [InlineData(
        "shift 1, background 256",
        "Part 2 of 'shift 1, background 256': 'background' takes a whole number from 0, black, to 255, white, " +
        "as in \"background 255\"; found 'background 256'.")]
    [InlineData(
        "shift 1, background 0, background 0",
        "Part 3 of 'shift 1, background 0, background 0': the background is given twice. Leave one of them out.")]
    [InlineData(
        "elastic -1 36",
        "Part 1 of 'elastic -1 36': σ of an elastic distortion must be more than 0 and at most 1000 pixels, " +
        "but is -1.")]
    public void An_invalid_part_is_named(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => Parse.Augmentation(text)).Message);

    [Theory]
    [InlineData("shift -1")]
    [InlineData("shift 1e300")]
    [InlineData("rotate -1")]
    [InlineData("rotate 181")]
    [InlineData("rotate NaN")]
    [InlineData("scale 1")]
    [InlineData("scale -0.1")]
    [InlineData("scale NaN")]
    [InlineData("shear 90")]
    [InlineData("shear -5")]
    [InlineData("shear NaN")]
    [InlineData("elastic 0 36")]
    [InlineData("elastic NaN 36")]
    [InlineData("elastic 6 -1")]
    [InlineData("elastic 6 NaN")]
    [InlineData("elastic 6 Infinity")]
    [InlineData("elastic 1e9 6")]
    [InlineData("cutout 0")]
    [InlineData("cutout -3")]
    public void Numbers_out_of_range_are_refused(string text) =>
        Assert.Throws<FormatException>(() => Parse.Augmentation(text));

    [Fact]
    public void Distortions_built_in_code_are_checked_too()
    {
        Assert.Equal(
            "The largest angle of a rotation must be from 0 to 180 degrees, but is -1.",
            Assert.Throws<ArgumentException>(() => new RandomRotation(-1)).Message);
        Assert.Throws<ArgumentException>(() => new RandomElastic(double.NaN, 1));
        Assert.Throws<ArgumentException>(() => new RandomElastic(1, double.PositiveInfinity));
        Assert.Throws<ArgumentException>(() => new RandomShift(-1));
        Assert.Throws<ArgumentException>(() => new RandomCutOut(0));
        Assert.Throws<ArgumentException>(() => new Augmentation());
        Assert.Throws<ArgumentException>(() => new Augmentation(null!, new RandomShift(1)));
        Assert.Throws<ArgumentException>(() => new Augmentation(new RandomShift(1), new RandomShift(2)));
    }
}
