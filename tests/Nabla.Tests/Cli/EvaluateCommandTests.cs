using System.Text.Json.Nodes;
using Nabla.Data;
using Nabla.Tests.Training;

namespace Nabla.Tests.Cli;

/// <summary>What <c>evaluate</c> shows beyond accuracy, as text in 80 and 120 columns and as JSON.</summary>
public sealed class EvaluateCommandTests
{
    private static readonly Dataset clouds = Examples.Clouds(300, 4, 10, 1);

    private static readonly Evaluation classified = Evaluation.Of(
        new Network(new Dense(4, 10)), new SoftmaxCrossEntropy(), clouds, details: true);

    private static readonly Dataset numbers = Dataset.FromNumbers(
        "numbers", new([1, 10, 2, 20, 4, 60], 0, 3, 2), new Matrix([2, 10, 2, 30, 2, 50], 0, 3, 2));

    private static readonly Evaluation predicted = Evaluation.Of(
        Examples.Identity(2), new SquaredError(), numbers, details: true);

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public void Every_table_fits_the_terminal(int width)
    {
        var text = Text(classified, clouds, width, Everything);
        foreach (
            var expected in (string[])[
                "Classes ", "Top ", "Certainty ", "How well each class is recognised:", "How often it is right",
                "The highest losses:", "mean"])
            Assert.Contains(expected, text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.True(line.TrimEnd().Length <= width, line));
        Assert.Contains(Figures.Percent(classified.Classification!.MacroF1), text, StringComparison.Ordinal);
        Assert.Contains(
            Figures.Percent(classified.TopAccuracy(3)!.Value),
            text.ReplaceLineEndings(" ").Replace("          ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains($"  {classified.HighestLosses(1)[0].Example} ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_asked_for_is_left_out()
    {
        var text = Text(classified, clouds, 80, new() { Model = "", Data = "" });
        Assert.Contains("Certainty ", text, StringComparison.Ordinal);
        foreach (var unexpected in (string[])["How well", "How often", "The highest losses:"])
            Assert.DoesNotContain(unexpected, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Outputs_that_are_no_probabilities_have_no_certainty()
    {
        var text = Text(
            Evaluation.Of(new Network(new Dense(4, 10)), new SquaredError(), clouds, details: true), clouds, 80,
            Everything);
        Assert.DoesNotContain("Certainty", text, StringComparison.Ordinal);
        Assert.Contains("not probabilities", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_regression_has_a_table_of_its_outputs()
    {
        Assert.Equal("R² 0.3750, loss 68.3333", Figures.Of(predicted));
        var lines = Text(predicted, numbers, 80, Everything).Split('\n')
            .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToArray();
        foreach (
            var expected in (string[])[
                "0 0.0000 1 1.291", "1 0.7500 6.6667 8.165", "all 0.3750 3.8333 5.8452", "1 100"])
            Assert.Contains(expected, lines);
    }

    [Fact]
    public void Json_has_all_of_it()
    {
        var json = JsonNode.Parse(EvaluationJson.Of(classified, clouds, "m", worst: 12).ToJsonString())!;
        Assert.Equal(("end", "m", 300), ((string)json["event"]!, (string)json["model"]!, (int)json["testExamples"]!));
        Assert.Equal(
            [.. Enumerable.Range(1, 5).Select(k => classified.TopAccuracy(k)!.Value)],
            json["topAccuracy"]!.AsArray().Select(k => (double)k!));
        Assert.Equal(
            classified.Classification!.Classes.Select(c => (c.Examples, c.Predicted, c.Precision, c.Recall, c.F1)),
            json["classes"]!.AsArray()
                .Select(
                    c => (
                        (int)c!["examples"]!, (int)c["predicted"]!, (double?)c["precision"], (double?)c["recall"],
                        (double?)c["f1"])));
        Assert.Equal(classified.Confusion(3, 4), (int)json["confusion"]![3]![4]!);
        Assert.Equal(classified.Classification.MacroF1, (double)json["macroF1"]!);
        Assert.Equal(classified.Calibration!.ExpectedError, (double)json["calibration"]!["expectedError"]!);
        Assert.Equal(300, json["calibration"]!["bins"]!.AsArray().Sum(bin => (int)bin!["count"]!));
        Assert.Equal(
            classified.HighestLosses(12),
            json["highestLosses"]!.AsArray().Select(one => ((int)one!["example"]!, (double)one["loss"]!)));
        Assert.Null(json["regression"]);
    }

    [Fact]
    public void Json_of_a_regression_has_its_figures()
    {
        var json = JsonNode.Parse(EvaluationJson.Of(predicted, numbers, "m", worst: 0).ToJsonString())!;
        Assert.Equal(
            (0.375, 2, 3),
            (
                Math.Round((double)json["regression"]!["r2"]!, 12), json["outputs"]!.AsArray().Count,
                json["highestLosses"]!.AsArray().Count));
        Assert.Equal(1, (double)json["outputs"]![0]!["meanAbsoluteError"]!);
        Assert.Null(json["testAccuracy"]);
        Assert.Null(json["classes"]);
        Assert.Null(json["calibration"]);
    }

    [Fact]
    public void What_is_not_a_number_is_null_in_json()
    {
        var x = new Matrix([1, 2, 3, 4], 0, 2, 2);
        var data = Dataset.FromNumbers("given", x, [0, 1], ["a", "b"]);
        x[0, 0] = float.NaN;                                    // the data keeps the array, and has been checked
        var result = Evaluation.Of(Examples.Identity(2), new SoftmaxCrossEntropy(), data, details: true);
        var json = JsonNode.Parse(EvaluationJson.Of(result, data, "m", worst: 0).ToJsonString())!;
        Assert.Null(json["testLoss"]);
        var worst = json["highestLosses"]![0]!;
        Assert.Equal(
            (0, null, "a", null),
            ((int)worst["example"]!, (double?)worst["loss"], (string)worst["class"]!, (string?)worst["predicted"]));
        Assert.Contains("NaN", Text(result, data, 80, Everything), StringComparison.Ordinal);
    }

    private static EvaluateRequest Everything =>
        new() { Model = "", Data = "", Classes = true, Calibration = true, Worst = 3 };

    private static string Text(Evaluation result, Dataset test, int width, EvaluateRequest request)
    {
        var writer = new StringWriter();
        var console = TextOutput.To(writer);
        console.Profile.Width = width;
        EvaluationDetails.Write(console, result, test, request);
        return writer.ToString();
    }
}
