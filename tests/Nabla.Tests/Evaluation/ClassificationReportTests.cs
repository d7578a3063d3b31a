using Nabla.Data;
using Nabla.Tests.Training;

namespace Nabla.Tests.Evaluations;

public sealed class ClassificationReportTests
{
    [Fact]
    public void Figures_of_each_class_follow_their_definition()
    {
        // Examples of a are predicted as a, a, b; those of b as b, c, d; that of c as c. Class d has no example but is
        // predicted once. Class e has neither.
        var report = Report([(0, 0), (0, 0), (0, 1), (1, 1), (1, 2), (1, 3), (2, 2)], classes: 5);
        Assert.Equal(
            [(3, 2, 2), (3, 2, 1), (1, 2, 1), (0, 1, 0), (0, 0, 0)],
            report.Classes.Select(c => (c.Examples, c.Predicted, c.Right)));
        Assert.Equal([1.0, 0.5, 0.5, 0.0, null], report.Classes.Select(c => c.Precision));
        Assert.Equal([2 / 3.0, 1 / 3.0, 1.0, null, null], report.Classes.Select(c => c.Recall));
        Assert.Equal([0.8, 0.4, 2 / 3.0, 0.0, null], report.Classes.Select(c => c.F1));
        Assert.Equal((1 + 0.5 + 0.5 + 0) / 4, report.MacroPrecision, 1e-15);
        Assert.Equal((2 / 3.0 + 1 / 3.0 + 1 + 0) / 4, report.MacroRecall, 1e-15);
        Assert.Equal((0.8 + 0.4 + 2 / 3.0 + 0) / 4, report.MacroF1, 1e-15);
    }

    [Fact]
    public void A_class_that_is_never_predicted_has_no_precision_and_counts_as_0()
    {
        var report = Report([(0, 0), (1, 0)], classes: 2);
        Assert.Equal((null, 0.0, 0.0), (report.Classes[1].Precision, report.Classes[1].Recall, report.Classes[1].F1));
        Assert.Equal((0.25, 0.5), (report.MacroPrecision, report.MacroRecall));
    }

    [Fact]
    public void An_example_without_a_prediction_counts_as_missed()
    {
        var report = Report([(0, 0), (0, Evaluation.NoClass), (1, Evaluation.NoClass)], classes: 2);
        Assert.Equal((2, 1, 0.5), (report.Classes[0].Examples, report.Classes[0].Predicted, report.Classes[0].Recall));
        Assert.Equal((1, 0.0), (report.Classes[1].Examples, report.Classes[1].Recall));
    }

    private static ClassificationReport Report((int Actual, int Predicted)[] examples, int classes)
    {
        var x = new Matrix(examples.Length, classes);           // the network returns its inputs
        for (var i = 0; i < examples.Length; i++)
            x[i, Math.Max(0, examples[i].Predicted)] = 1;
        string[] names = [.. Enumerable.Range(0, classes).Select(c => $"{c}")];
        var data = Dataset.FromNumbers("given", x, [.. examples.Select(e => e.Actual)], names);
        for (var i = 0; i < examples.Length; i++)
            if (examples[i].Predicted == Evaluation.NoClass)
                x[i, 0] = float.NaN;                            // the data keeps the array, and has been checked
        return Evaluation.Of(Examples.Identity(classes), new SquaredError(), data).Classification!;
    }
}
