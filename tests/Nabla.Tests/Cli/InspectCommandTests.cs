using System.Text.Json.Nodes;
using Nabla.Data;

namespace Nabla.Tests.Cli;

public sealed class InspectCommandTests : IDisposable
{
    private const string Small = "dense 16, sigmoid, dense 10, sigmoid";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Without_options_it_shows_layers_tensors_and_training()
    {
        var text = Show(new(Save(Small)));
        foreach (
            var expected in (string[])[
                "dense 16", "784 → 16", "12,730", "0.weight", "16 × 784", "2.bias", "squared-error", "28 × 28",
                "learningRate: 2"])
            Assert.Contains(expected, text);
    }

    [Fact]
    public void With_an_example_it_shows_the_image_the_answer_and_every_activation()
    {
        var text = Show(new(Save(Small), Example: 3));
        Assert.Contains($"Example 3 of the test set of digits: {DataSource.OpenTest("digits").Label(3)}", text);
        Assert.Contains("← read", text);
        Assert.Contains("16 values on a scale", text);
        Assert.Contains("█", text);
    }

    [Theory]
    [InlineData(Small, "1,3,400", "Σₖ W₃[k, 3] · ∂C/∂z₃[k]")]
    [InlineData(Small, "1,3,400", "the pixel in row 14, column 8")]
    [InlineData("dense 40, relu, dense 20, tanh, dense 10, sigmoid", "1,3,400", "the other 5, which are smaller")]
    // The equation goes on in a second line
    [InlineData("dense 16, sigmoid, tanh, sigmoid, relu, dense 10, sigmoid", "1,3,400", "\n                 ")]
    [InlineData(Small, "3,2,5", "2·(a − y)")]
    public void With_a_weight_it_shows_the_chain_rule(string layers, string weight, string expected)
    {
        var text = Show(new(Save(layers), Example: 3, Weight: weight));
        Assert.Contains(expected, text);
        Assert.Contains("Stored gradient", text);
        Assert.Contains("Numeric derivative", text);
    }

    [Fact]
    public void The_weight_it_points_to_explains_the_number_it_names()
    {
        var path = Save(Small);
        var factor = Json(new(path, 3, "1,3,400"))["factors"]![2]!;
        var largest = factor["terms"]!.AsArray()
            .MaxBy(term => Math.Abs((double)term!["left"]! * (double)term["right"]!))!;
        var place = Show(new(path, 3, "1,3,400")).Split("--weight ")[1].Split('\n')[0].Trim();
        var next = Json(new(path, 3, place))["factors"]!.AsArray().Skip(1)
            .Aggregate(1.0, (product, link) => product * (double)link!["value"]!);
        Assert.Equal((double)largest["right"]!, next, 1e-6);
    }

    [Fact]
    public void Json_is_one_object_with_the_same_numbers()
    {
        var path = Save(Small);
        Assert.Equal(12_730, (int)Json(new(path))["parameters"]!);
        Assert.Equal(10, Json(new(path, Example: 3))["outputs"]!.AsArray().Count);
        var rule = Json(new(path, Example: 3, Weight: "3,2,5"));
        var product = rule["factors"]!.AsArray().Aggregate(1.0, (p, factor) => p * (double)factor!["value"]!);
        Assert.Equal((double)rule["product"]!, product);
        Assert.Equal((double)rule["stored"]!, product, 1e-6);
    }

    [Theory]
    [InlineData("1,2", null, "--weight is '1,2', but LAYER,O,I is expected")]
    [InlineData("a,b,c", null, "three whole numbers")]
    [InlineData("2,0,0", null, "Layer 2 (Sigmoid) has no weights W[o, i]. Dense layers are: 1, 3.")]
    [InlineData("0,0,0", null, "There is no layer 0")]
    [InlineData("-2147483648,0,0", null, "layer")]
    [InlineData("1,16,0", null, "o goes from 0 to 15 and i from 0 to 783")]
    [InlineData(null, 10_000, "There is no example 10000: the test set of digits has examples 0 to 9999.")]
    [InlineData(null, -1, "There is no example -1")]
    public void What_is_not_there_is_refused(string? weight, int? example, string message)
    {
        var path = Save(Small);
        var e = Assert.ThrowsAny<Exception>(() => Show(new(path, example, weight)));
        Assert.True(e is ArgumentException or FormatException, e.ToString());
        Assert.Contains(message, e.Message);
        Assert.DoesNotContain("Parameter", e.Message);
    }

    [Fact]
    public void The_folder_of_a_run_stands_for_its_best_model()
    {
        var best = folder.At("best.safetensors");
        File.Move(Save(Small), best);
        Assert.Contains(best, Show(new(folder.Path)));
        Assert.Equal(best, (string)Json(new(folder.Path))["model"]!);
        File.Delete(best);
        Assert.Contains(
            "is a folder without a best.safetensors",
            Assert.Throws<InvalidDataException>(() => Show(new(folder.Path))).Message);
    }

    [Theory]
    [InlineData("1,3,400", "the slope of layer 2 (sigmoid)", "outputs of layer 3 (dense 10)")]
    [InlineData("3,2,5", "layer 3 (dense 10)", "the slope of layer 4 (sigmoid)")]
    public void The_chain_rule_names_layers_as_the_network_does(string weight, params string[] says)
    {
        var text = Show(new(Save(Small), Example: 3, Weight: weight));
        Assert.All(says, part => Assert.Contains(part, text));
    }

    [Theory]
    [InlineData(2e-9, 3e-9, "too small to measure with small steps")]
    [InlineData(-2e-9, 3e-9, "too small to measure with small steps")]
    [InlineData(0.0, 3e-9, "too small to measure with small steps")]
    [InlineData(-4e-9, 3e-9, "-4.00000e-9 ± 3e-9   by small steps")]
    [InlineData(0.0, 0.0, "0 ± 0e+0   by small steps")]
    [InlineData(
        1.0, double.PositiveInfinity, "none: even the smallest step crosses a kink, where there is no derivative")]
    public void A_numeric_derivative_is_shown_as_far_as_it_can_be_trusted(
        double value, double uncertainty, string expected) =>
        Assert.Equal(expected, ChainRuleReport.NumericText(new(value, uncertainty)));

    [Fact]
    public void Data_of_another_kind_is_refused()
    {
        var path = folder.At("small.safetensors");
        new Model(new Network(new Dense(5, 3)), new SquaredError()).Save(path);
        Assert.Contains(
            "has 5 inputs and 3 outputs",
            Assert.Throws<InvalidDataException>(() => Show(new(path, Example: 0))).Message);
        Assert.Contains("5 → 3", Show(new(path)));
    }

    private string Save(string layers)
    {
        var path = folder.At("model.safetensors");
        new Model(new Network(784, Parse.Layers(layers)), new SquaredError())
        {
            Classes = [.. Enumerable.Range(0, 10).Select(i => $"{i}")],
            ImageSize = new(28, 28),
            Training = new Dictionary<string, string> { ["data"] = "digits", ["learningRate"] = "2" },
        }.Save(path);
        return path;
    }

    private static string Show(InspectRequest request)
    {
        var writer = new StringWriter();
        InspectCommand.Show(request, TextOutput.To(writer));
        Assert.DoesNotContain('\e', writer.ToString());
        Assert.All(
            writer.ToString().Split('\n').Where(line => !line.Contains(request.ModelPath)),
            line => Assert.True(line.TrimEnd().Length <= 80, line));
        return writer.ToString();
    }

    private static JsonNode Json(InspectRequest request)
    {
        var writer = new StringWriter();
        InspectCommand.Json(request, writer);
        return JsonNode.Parse(Assert.Single(writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)))!;
    }
}
