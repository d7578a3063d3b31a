using System.Text.Json.Nodes;
using Nabla.Inspection;

namespace Nabla.Tests.Cli;

public sealed class CheckGradientsCommandTests
{
    [Fact]
    public void Every_layer_with_every_loss_stands_in_the_table()
    {
        var (code, text) = Show(new());
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("Passed", text);
        foreach (var loss in Parse.LossNames)
            Assert.Contains($"with {loss}:", text);
        foreach (var layer in GradientCase.Layers)
        {
            string[] lines = [
                .. text.Split('\n')
                    .Where(line => line.Contains($"  {layer}  ") || line.Contains($"  {layer} at the end  "))];
            Assert.Equal(
                Parse.LossNames.Count + (
                    GradientCase.EndsNetworks(layer)
                        ? Parse.LossNames.Count(name => !Parse.Loss(name).TakesLogits)
                        : 0),
                lines.Length);
        }
    }

    [Fact]
    public void A_network_is_checked_on_digits_parameter_by_parameter()
    {
        var (code, text) = Show(new(Network: "dense 5, softmax, dense 10", Loss: "squared-error"));
        Assert.Equal(ExitCode.Done, code);
        foreach (var parameter in (string[])["0.weight", "0.bias", "2.weight", "2.bias"])
            Assert.Contains(parameter, text);
    }

    [Fact]
    public void A_wide_relu_network_is_compared_in_random_directions_too()
    {
        var report = Assert.Single(
            CheckGradientsCommand.Run(new(Network: "dense 128, relu, dense 10"), default)).Report;
        Assert.True(report.Passed, report.ToString());
        foreach (var array in report.Checks.GroupBy(check => check.Parameter))
            Assert.Contains(array, check => check.Index is null && !check.Skipped);
    }

    [Fact]
    public void A_failure_is_shown_with_its_cause_and_the_exit_code_is_1()
    {
        CheckedCase wrong = new("sigmoid", "dense 2, sigmoid", "squared-error",
            new GradientReport([new("0.weight", 3, 1, 2, 0.5, false)], 1e-3) { LikelyCause = "layer 2 is wrong." });
        var writer = new StringWriter();
        Assert.Equal(ExitCode.Failed, GradientTable.Write(new(), [wrong], TextOutput.To(writer)));
        Assert.Contains("FAILED", writer.ToString());
        Assert.Contains("layer 2 is wrong.", writer.ToString().ReplaceLineEndings(" "));
        Assert.Equal(ExitCode.Failed, GradientJson.Write([wrong], TextWriter.Null));
    }

    [Fact]
    public void Json_is_an_object_a_line()
    {
        var writer = new StringWriter();
        Assert.Equal(
            ExitCode.Done, GradientJson.Write(CheckGradientsCommand.Run(new(Loss: "Squared-Error"), default), writer));
        JsonNode[] lines = [
            .. writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonNode.Parse(line)!)];
        Assert.All(
            lines[..^1],
            line => Assert.Equal(
                ("check", "squared-error", true),
                ((string?)line["event"], (string?)line["loss"], (bool)line["passed"]!)));
        Assert.Equal("end", (string?)lines[^1]["event"]);
        Assert.True((double)lines[^1]["worst"]! <= 1e-3);
    }

    [Theory]
    [InlineData(null, "squared", "There is no loss 'squared'")]
    [InlineData("lenet5", null, "lenet5")]
    [InlineData("dense 9", null, "9 outputs")]
    public void What_is_not_there_is_refused(string? network, string? loss, string message) =>
        Assert.Contains(
            message,
            Assert.ThrowsAny<Exception>(() => CheckGradientsCommand.Run(new(network, loss), default).ToList()).Message);

    private static (int Code, string Text) Show(CheckRequest request)
    {
        var writer = new StringWriter();
        var code = GradientTable.Write(request, CheckGradientsCommand.Run(request, default), TextOutput.To(writer));
        Assert.All(writer.ToString().Split('\n'), line => Assert.True(line.TrimEnd().Length <= 80, line));
        return (code, writer.ToString());
    }
}
