using System.Text.Json.Nodes;
using Nabla.Data;

namespace Nabla.Tests.Cli;

public sealed class PredictCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Dataset digits = SyntheticData.Digits(3);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Json_is_a_line_for_each_picture_with_what_the_network_gives()
    {
        var (code, output, error) = Json(
            folder.Write("a.png", Png.Grey(digits.Image(0).ToArray(), 28)),
            folder.Write("b.pgm", Pgm(digits.Image(1))));
        Assert.Equal((ExitCode.Done, ""), (code, error));
        Assert.Equal(2, output.Length);
        for (var i = 0; i < 2; i++)
        {
            float[] x = [.. digits.Image(i).ToArray().Select(pixel => pixel * ImageSize.PixelScale)], y = new float[10];
            Model.Load(ModelPath()).Predict(x, y);
            Assert.Equal(y, output[i]["probabilities"]!.AsArray().Select(p => (float)p!));
            Assert.Equal($"digit {Array.IndexOf(y, y.Max())}", (string?)output[i]["class"]);
        }
        Assert.EndsWith("b.pgm", (string?)output[1]["file"]);
    }

    [Fact]
    public void A_bad_file_is_named_the_others_go_on_and_the_exit_code_tells()
    {
        string missing = folder.At("missing.png"), broken = folder.Write(
            "broken.png", [0x89, .. "PNG\r\n"u8, 0x1A, 10, 1, 2]);
        var (code, output, error) = Json(
            missing, broken, folder.Write(
                "photo.jpg", [0xFF, 0xD8, 0xFF, 0xE0]), folder.Write("empty.pgm", []), folder.Write("blank.png",
                Png.Grey(new byte[900], 30)),
            folder.Path, folder.Write("good.png", Png.Grey(digits.Image(2).ToArray(), 28)));
        Assert.Equal(ExitCode.BadRequest, code);
        Assert.EndsWith("good.png", (string?)Assert.Single(output)["file"]);
        foreach (var expected in (string[])
            [
                $"nabla: There is no file {missing}", $"nabla: {broken}: the PNG file is damaged", "it is a JPEG image",
                "empty.pgm is empty", "blank.png: There is nothing", "is a folder"])
            Assert.Contains(expected, error);
        Assert.Equal(6, error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task A_pipe_is_refused_at_once()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Pipes have no paths of this kind on Windows.");
        folder.MakePipe("pipe");
        var (code, output, error) = await Task.Run(() => Json(folder.At("pipe"))).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal((ExitCode.BadRequest, 0), (code, output.Length));
        Assert.Contains("pipe is empty, or is a pipe or a device", error);
    }

    [Fact]
    public void All_images_of_an_IDX_file_are_read()
    {
        var file = folder.Write(
            "three.idx",
            [
                0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 28, 0, 0, 0, 28, .. digits.Image(0), .. digits.Image(1),
                .. digits.Image(2)]);
        Assert.Equal([0, 1, 2], Json(file).Output.Select(line => (int)line["image"]!));
    }

    [Fact]
    public void Text_shows_the_image_as_the_network_sees_it_and_the_likeliest_classes()
    {
        byte[] inverted = [.. digits.Image(0).ToArray().Select(pixel => (byte)(255 - pixel))];
        var text = Show(top: 4, folder.Write("inverted.png", Png.Grey(inverted, 28)));
        Assert.Contains("dark on light, so inverted", text);
        Assert.Equal(
            4,
            text.Split('\n')
                .Count(line => line.Contains("digit") && line.Contains(" %") && !line.Contains("inverted.png")));
        Assert.Contains("As in the file", Show(top: 1, folder.Write("plain.pgm", Pgm(digits.Image(0)))));
        Assert.DoesNotContain('\e', text);
        Assert.All(
            text.Split('\n').Where(line => !line.Contains("inverted.png")),
            line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public void The_folder_of_a_run_stands_for_its_best_model()
    {
        File.Move(ModelPath(), folder.At("best.safetensors"));
        var output = new StringWriter();
        PredictCommand.Json(
            new(folder.Path, [folder.Write("a.png", Png.Grey(digits.Image(0).ToArray(), 28))]), output,
            TextWriter.Null);
        Assert.Contains("digit", output.ToString());
    }

    [Fact]
    public void A_model_without_images_reads_none()
    {
        var path = folder.At("numbers.safetensors");
        new Model(new Network(new Dense(784, 10)), new SquaredError()).Save(path);
        Assert.Contains(
            "not an image",
            Assert.Throws<InvalidDataException>(
                () => PredictCommand.Json(new(path, ["x.png"]), TextWriter.Null, TextWriter.Null)).Message);
    }

    private (int Code, JsonNode[] Output, string Error) Json(params string[] files)
    {
        StringWriter output = new(), error = new();
        var code = PredictCommand.Json(new(ModelPath(), files), output, error);
        return (
            code,
            [
                .. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(line => JsonNode.Parse(line)!)],
            error.ToString());
    }

    private string Show(int top, params string[] files)
    {
        StringWriter output = new(), error = new();
        Assert.Equal(ExitCode.Done, PredictCommand.Show(new(ModelPath(), files, top), TextOutput.To(output), error));
        return output.ToString();
    }

    private string ModelPath()
    {
        var path = folder.At("model.safetensors");
        new Model(new Network(new Dense(784, 10)), new SoftmaxCrossEntropy())
        {
            Classes = [.. Enumerable.Range(0, 10).Select(i => $"digit {i}")],
            ImageSize = new(28, 28),
        }.Save(path);
        return path;
    }

    private static byte[] Pgm(ReadOnlySpan<byte> pixels) => [.. "P5\n28 28\n255\n"u8, .. pixels];
}
