using System.Text.Json.Nodes;
using Nabla.Data;
using Nabla.Doctor;
using Nabla.Tests.Data;

namespace Nabla.Tests.Cli;

/// <summary>How <c>train</c> shows the findings of the doctor, on a folder of digits without the class 0.</summary>
public sealed class FindingReportTests : IDisposable
{
    private static readonly Finding example = new()
    {
        Code = "NB203",
        Title = "saturated units",
        Severity = FindingSeverity.Warning,
        Message = "97 % of its outputs are saturated before the first step.",
        Advice = "Scale the inputs, draw smaller initial weights (Initializer.Glorot), or take a smaller learning " +
            "rate.",
        Evidence = [("share of saturated outputs", 0.97), ("not finite", double.PositiveInfinity)],
        Layer = 2,
        LayerName = "Sigmoid",
        Epoch = 1,
        Step = 1,
    };

    private readonly TemporaryFolder folder = new();

    public FindingReportTests()
    {
        Write("train", SyntheticData.Digits(300, seed: 3));
        Write("t10k", SyntheticData.Digits(100, seed: 4));
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public void A_terminal_gets_lines_of_its_width(int width)
    {
        string[] lines = [.. FindingReport.Lines(example, width)];
        Assert.All(lines, line => Assert.InRange(line.Length, 20, width - 1));
        Assert.All(lines[1..], line => Assert.StartsWith("        ", line, StringComparison.Ordinal));
        Assert.Equal(
            FindingReport.Lines(example, 10_000).Single(), string.Join(' ', lines.Select(line => line.Trim())));
    }

    [Fact]
    public void In_json_it_has_its_numbers()
    {
        var json = JsonNode.Parse(FindingReport.Json(example).ToJsonString())!;
        Assert.Equal(
            ("finding", "NB203", "warning", 2, 1, 1),
            (
                (string)json["event"]!, (string)json["code"]!, (string)json["severity"]!, (int)json["layer"]!,
                (int)json["epoch"]!, (int)json["step"]!));
        Assert.Equal(0.97, (double)json["evidence"]!["share of saturated outputs"]!);
        Assert.Null(json["evidence"]!["not finite"]);
    }

    [Fact]
    public void The_command_says_what_was_found_unless_it_is_not_to()
    {
        var (code, output, errors) = Run("train", ".", "--epochs", "1");
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains(
            "\nwarning NB103, data: No example belongs to class 0 ('0') of 10. Do the labels count from 1? ", output,
            StringComparison.Ordinal);
        Assert.DoesNotContain(
            "NB103", Run("train", ".", "--epochs", "1", "--no-doctor").Output, StringComparison.Ordinal);
        JsonNode[] lines = [
            .. Run("train", ".", "--epochs", "1", "--json").Output.TrimEnd().Split('\n')
                .Select(line => JsonNode.Parse(line)!)];
        Assert.Equal(["start", "finding", "epoch", "end"], lines.Select(line => (string)line["event"]!));
    }

    [Fact]
    public void A_training_that_cannot_recover_ends_with_1_and_says_where_it_began()
    {
        var (code, output, errors) = Run(
            "train", ".", "--network", "dense 16, relu, dense 10", "--optimizer", "sgd", "--loss", "squared-error",
            "--lr", "1000", "--json", "--out", "run");
        Assert.Equal(1, code);
        Assert.Contains("NB201: ", errors, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"NB201\"", output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder.Path, "run", "last.safetensors")));
    }

    private (int Code, string Output, string Errors) Run(params string[] arguments) =>
        CommandProcess.Run(folder.Path, arguments);

    private void Write(string name, Dataset data)
    {
        int[] which = [.. Enumerable.Range(0, data.Count).Where(i => data.Label(i) != 0)];
        folder.Write(
            $"{name}-images-idx3-ubyte",
            [.. Idx.Header(0x803, which.Length, 28, 28), .. which.SelectMany(i => data.Image(i).ToArray())]);
        folder.Write($"{name}-labels-idx1-ubyte", Idx.Labels([.. which.Select(i => (byte)data.Label(i))]));
    }
}
