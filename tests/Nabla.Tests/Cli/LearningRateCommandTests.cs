using System.Text.Json.Nodes;
using Nabla.Data;
using Nabla.Tests.Data;

namespace Nabla.Tests.Cli;

public sealed class LearningRateCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public LearningRateCommandTests()
    {
        foreach (
            var (name, data) in (ReadOnlySpan<(string, Dataset)>)[
                ("train", SyntheticData.Digits(600, seed: 3)), ("t10k", SyntheticData.Digits(20, seed: 4))])
        {
            folder.Write(
                $"{name}-images-idx3-ubyte",
                [
                    .. Idx.Header(0x803, data.Count, 28, 28),
                    .. Enumerable.Range(0, data.Count).SelectMany(i => data.Image(i).ToArray())]);
            folder.Write(
                $"{name}-labels-idx1-ubyte",
                Idx.Labels([.. Enumerable.Range(0, data.Count).Select(i => (byte)data.Label(i))]));
        }
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_file_gets_the_chart_and_what_to_type_next()
    {
        var (code, output, errors) = CommandProcess.Run(
            folder.Path, "lr-find", ".", "--network", "dense 16, relu, dense 10", "--optimizer", "muon", "--batch",
            "16");
        Assert.Equal((0, ""), (code, errors));
        Assert.DoesNotContain('\x1b', output);
        foreach (
            var expected in (string[])[
                "Learning rates for 'custom' on .: softmax-cross-entropy, muon, batches of 16", "└", "1e-5", "▲", "△",
                "Suggested", "Steepest",
            " train . --network \"dense 16, relu, dense 10\" --optimizer muon --batch 16 --learning-rate "])
            Assert.Contains(expected, output);
        Assert.All(
            output.Split('\n').Where(line => line.Contains('│') || line.Contains('┤')),
            line => Assert.InRange(line.Length, 1, 80));
        Assert.Empty(Directory.GetDirectories(folder.Path));                        // nothing is saved
    }

    [Theory]
    [InlineData("--network lenet", "--network", "lenet", "--steps", "10")]
    [InlineData("--loss \"huber 0.5\"", "--loss", "huber 0.5", "--from", "0.01", "--to", "1", "--steps", "40")]
    [InlineData(
        "--augment \"rotate 10, shift 2\"", "--augment", "rotate 10, shift 2", "--network", "mlp", "--from", "0.01",
        "--to", "1", "--steps", "60")]
    public void Networks_of_images_and_rates_beyond_the_chart_are_no_trouble(string next, params string[] arguments)
    {
        var (code, output, errors) = CommandProcess.Run(folder.Path, ["lr-find", ".", .. arguments]);
        Assert.Equal((0, ""), (code, errors));
        Assert.True(
            output.Contains(next, StringComparison.Ordinal)
                || output.Contains("The loss hardly falls", StringComparison.Ordinal),
            output);
    }

    [Fact]
    public void Json_is_one_object_a_line()
    {
        var (code, output, errors) = CommandProcess.Run(
            folder.Path, "lr-find", ".", "--steps", "50", "--to", "10", "--json");
        Assert.Equal((0, ""), (code, errors));
        JsonNode[] lines = [.. output.TrimEnd().Split('\n').Select(line => JsonNode.Parse(line)!)];
        Assert.Equal(51, lines.Length);
        Assert.Equal(("point", 1e-6), ((string)lines[0]["event"]!, Math.Round((double)lines[0]["learningRate"]!, 12)));
        Assert.Equal(
            ("end", 50, false), ((string)lines[^1]["event"]!, (int)lines[^1]["steps"]!, (bool)lines[^1]["blewUp"]!));
    }

    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(10_000)]
    public void The_chart_fits_the_width(int width)
    {
        var finder = new LearningRateFinder();
        (double Rate, double Loss, double Smoothed)[] points = [
            .. Enumerable.Range(0, 100).Select(i => (1e-6 * Math.Pow(10, 0.08 * i), 0, i < 60 ? 2.3 - 0.03 * i : 100))];
        string[] lines = [.. LearningRateChart.Lines(new(points, true), finder, width)];
        Assert.All(lines, line => Assert.InRange(line.Length, 1, Math.Min(width, width > 1000 ? 80 : 105)));
        Assert.Contains(lines, line => line.Any(letter => letter is > '\u2800' and <= '\u28FF'));
        Assert.Equal("(no step could be made)", Assert.Single(LearningRateChart.Lines(new([], true), finder, width)));
    }

    [Theory]
    [InlineData("The rates must go up from a positive number, but are from 0 to 100.", "--from", "0")]
    [InlineData("3 steps show nothing", "--steps", "3")]
    [InlineData("There is no option '--learning-rate' for 'lr-find'.", "--learning-rate", "1")]
    [InlineData("There is no optimizer 'adan'. Did you mean 'adam'?", "--optimizer", "adan")]
    public void A_wrong_request_ends_with_2(string expected, params string[] arguments)
    {
        var (code, output, errors) = CommandProcess.Run(folder.Path, ["lr-find", ".", .. arguments]);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(expected, errors);
    }
}
