using System.Text;
using Nabla.Data;

namespace Nabla.Tests.Cli;

public sealed class PictureFileTests
{
    [Theory]
    [InlineData(1, new byte[] { 0, 0b0110_0000 }, new byte[] { 0, 255, 255 })]
    [InlineData(2, new byte[] { 0, 0b0001_1100 }, new byte[] { 0, 85, 255 })]
    [InlineData(4, new byte[] { 0, 0x0F, 0x80 }, new byte[] { 0, 255, 136 })]
    [InlineData(8, new byte[] { 0, 7, 77, 255 }, new byte[] { 7, 77, 255 })]
    [InlineData(16, new byte[] { 0, 7, 99, 77, 0, 255, 255 }, new byte[] { 7, 77, 255 })]
    public void Grey_of_every_depth_is_read(int depth, byte[] row, byte[] expected) =>
        AssertPixels(expected, 3, Png.File(3, 1, depth, 0, [row]));

    [Fact]
    public void Colours_become_as_light_as_they_look() =>
        AssertPixels(
            [76, 150, 29, 255], 4, Png.File(4, 1, 8, 2, [[0, 255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255]]));

    [Fact]
    public void A_palette_is_looked_up_and_may_be_transparent() => AssertPixels(
        [255, 0, 255], 3, Png.File(
            3, 1, 2, 3, [[0, 0b0001_1000]], palette: [255, 255, 255, 0, 0, 0, 9, 9, 9], transparency: [255, 255, 0]));

    [Theory]
    [InlineData(0, 255)]        // black ink on nothing: as if on white paper
    [InlineData(255, 0)]        // white ink on nothing: as if on black paper
    public void What_is_transparent_lets_the_ink_stand_out(byte ink, byte paper) =>
        AssertPixels([ink, paper], 2, Png.File(2, 1, 8, 6, [[0, ink, ink, ink, 255, 77, 77, 77, 0]]));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_row_filter_is_undone(int filter)
    {
        const int width = 9, height = 4, bytes = 3;
        byte[] raw = [.. Enumerable.Range(0, width * height * bytes).Select(i => (byte)(i * i * 37 + i * 11))];
        var rows = Enumerable.Range(0, height)
            .Select(y => (byte[])[(byte)filter, .. Enumerable.Range(0, width * bytes).Select(i => Filtered(y, i))]);
        byte[] expected = [.. raw.Chunk(3).Select(c => (byte)((299 * c[0] + 587 * c[1] + 114 * c[2] + 500) / 1000))];
        AssertPixels(expected, width, Png.File(width, height, 8, 2, rows));

        byte Filtered(int y, int i)
        {
            int At(int row, int column) => row < 0 || column < 0 ? 0 : raw[row * width * bytes + column];
            int left = At(y, i - bytes), up = At(y - 1, i), corner = At(y - 1, i - bytes), p = left + up - corner;
            var paeth = new[] { left, up, corner }.MinBy(v => Math.Abs(p - v));
            return (byte)(At(y, i) - filter switch { 0 => 0, 1 => left, 2 => up, 3 => (left + up) / 2, _ => paeth });
        }
    }

    [Theory]
    [InlineData(8, 8)]
    [InlineData(3, 5)]
    [InlineData(1, 1)]
    public void Interlaced_images_are_put_together(int width, int height)
    {
        byte[] raw = [.. Enumerable.Range(0, width * height).Select(i => (byte)(i * 3 + 1))];
        (int Y, int X, int StepY, int StepX)[] passes = [
            (0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)];
        var rows = new List<byte[]>();
        foreach (var pass in passes)
            for (var y = pass.Y; y < height && pass.X < width; y += pass.StepY)
                rows.Add(
                    [
                        0,
                        .. Enumerable.Range(0, width).Where(x => x >= pass.X && (x - pass.X) % pass.StepX == 0)
                            .Select(x => raw[y * width + x])]);
        AssertPixels(raw, width, Png.File(width, height, 8, 0, rows, interlaced: true));
    }

    [Fact]
    public void A_damaged_PNG_is_refused_wherever_it_is_cut()
    {
        var file = Png.Grey([.. Enumerable.Range(0, 400).Select(i => (byte)(i * 7))], 20);
        for (var length = 8; length < file.Length - 12; length++)
            Assert.Throws<InvalidDataException>(() => PngFile.Read(file[..length]));
    }

    [Fact]
    public void A_PNG_that_is_packed_with_a_dictionary_is_refused()
    {
        var file = Png.Grey(new byte[400], 20);
        // The second byte of the packed data: “a dictionary follows”
        file[file.AsSpan().IndexOf("IDAT"u8) + 5] = 0x20;
        Assert.Contains(
            "damaged: its pixels cannot be unpacked",
            Assert.Throws<InvalidDataException>(() => PngFile.Read(file)).Message);
    }

    [Fact]
    public void A_PNG_that_promises_too_much_is_refused_before_anything_is_allocated() =>
        Assert.Contains(
            "60000 × 60000",
            Assert.Throws<InvalidDataException>(() => PngFile.Read(Png.File(60000, 60000, 8, 0, []))).Message);

    [Fact]
    public void A_short_PNG_cannot_take_much_memory()
    {
        var file = Png.File(9000, 9000, 8, 0, [[0, 1, 2, 3]]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains(
            "packed bytes cannot hold 9000 × 9000 pixels",
            Assert.Throws<InvalidDataException>(() => PngFile.Read(file)).Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData("P2 # a comment\n3 1\n# another\n15\n0 15\n3", new byte[] { 0, 255, 51 })]
    [InlineData("P2\n3 1 255\n1 2 3", new byte[] { 1, 2, 3 })]
    [InlineData("P5\n3 1\n255\n#0 ", new byte[] { 35, 48, 32 })]
    [InlineData("P5 3 1 65535\n\0\0AA\u007f\u007f", new byte[] { 0, 65, 127 })]
    public void PGM_is_read_as_text_and_binary(string file, byte[] expected)
    {
        var bytes = Encoding.Latin1.GetBytes(file);
        Assert.True(PgmFile.IsPgm(bytes));
        var (pixels, size) = PgmFile.Read(bytes);
        Assert.Equal(expected, pixels);
        Assert.Equal(new ImageSize(1, 3), size);
    }

    [Theory]
    [InlineData("P5\n3 1\n255\nab", "cut short")]
    [InlineData("P2\n3 1\n255\n1 2 ", "not a number")]
    [InlineData("P2\n3 1\n255\n1", "cut short")]
    [InlineData("P5\n3 x", "height is not a number")]
    [InlineData("P5\n99999 99999 255\n", "can be read")]
    [InlineData("P5\n0 5 255\n", "can be read")]
    [InlineData("P5\n3 1 70000\n", "brightest value is 70000")]
    public void A_damaged_PGM_is_refused(string file, string message) =>
        Assert.Contains(
            message, Assert.Throws<InvalidDataException>(() => PgmFile.Read(Encoding.Latin1.GetBytes(file))).Message);

    private static void AssertPixels(byte[] expected, int width, byte[] file)
    {
        Assert.True(PngFile.IsPng(file));
        var (pixels, size) = PngFile.Read(file);
        Assert.Equal(new ImageSize(expected.Length / width, width), size);
        Assert.Equal(expected, pixels);
    }
}
