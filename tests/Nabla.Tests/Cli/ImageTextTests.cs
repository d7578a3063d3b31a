namespace Nabla.Tests.Cli;

public sealed class ImageTextTests
{
    [Fact]
    public void Two_rows_of_pixels_make_a_line() =>
        Assert.Equal(
            ["▀▄█ ", "▒░▒ "],
            ImageText.Lines([255, 0, 255, 0, 0, 255, 255, 0, 120, 60, 130, 10, 120, 60, 100, 10], new(4, 4)));

    [Fact]
    public void An_odd_row_at_the_end_has_nothing_below() => Assert.Equal(["▀"], ImageText.Lines([255], new(1, 1)));

    [Theory]
    [InlineData(28, 28, 14, 28)]
    [InlineData(7, 76, 4, 76)]
    [InlineData(40, 77, 10, 39)]
    [InlineData(500, 1000, 18, 72)]
    public void Lines_are_equally_long_and_fit_80_columns(int height, int width, int lines, int columns)
    {
        var drawn = ImageText.Lines(new byte[height * width], new(height, width));
        Assert.Equal(lines, drawn.Count);
        Assert.All(drawn, line => Assert.Equal(columns, line.Length));
    }
}
