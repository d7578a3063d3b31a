using Nabla.Data;
using Nabla.Tests.Training;

namespace Nabla.Tests.Evaluations;

public sealed class ClassificationReportTests
{
    [Fact]
    public void Figures_of_each_class_are_those_of_the_definition()
    {
        // Taken for what: a as a, a, b; b as b, c; c as c. Class d has no example but is predicted once (b as d), e is neither.
        var report = Report([(0, 0), (0, 0), (0, 1), (1, 1), (1, 2), (1, 3), (2, 2)], classes: 5);
        Assert.Equal([(3, 2, 2), (3, 2, 1), (1, 2, 1), (0, 1, 0), (0, 0, 0)], report.Classes.Select(c => (c.Examples, c.Predicted, c.Right)));
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
    public void What_was_not_recognised_at_all_is_missed()
    {
        var report = Report([(0, 0), (0, Evaluation.NoClass), (1, Evaluation.NoClass)], classes: 2);
        Assert.Equal((2, 1, 0.5), (report.Classes[0].Examples, report.Classes[0].Predicted, report.Classes[0].Recall));
        Assert.Equal((1, 0.0), (report.Classes[1].Examples, report.Classes[1].Recall));
    }

    private static ClassificationReport Report((int Actual, int Predicted)[] examples, int classes)
    {
        var x = new Matrix(examples.Length, classes);           // the network gives its inputs back
        for (var i = 0; i < examples.Length; i++)
            x[i, Math.Max(0, examples[i].Predicted)] = 1;
        var data = Dataset.FromNumbers("given", x, [.. examples.Select(e => e.Actual)], [.. Enumerable.Range(0, classes).Select(c => $"{c}")]);
        for (var i = 0; i < examples.Length; i++)
            if (examples[i].Predicted == Evaluation.NoClass)
                x[i, 0] = float.NaN;                            // the data keeps the array, and has been checked
        return Evaluation.Of(Examples.Identity(classes), new SquaredError(), data).Classification!;
    }
}
