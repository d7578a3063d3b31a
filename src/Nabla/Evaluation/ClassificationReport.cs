namespace Nabla;

/// <summary>How well each class is recognised, from what was taken for what.</summary>
/// <remarks>
/// A figure that would be a division by 0 is null for its class: the precision of a class that was never predicted, the recall of one that has no
/// examples. In the macro averages, which give every class the same weight whatever its size, such a figure counts as 0, as in scikit-learn: what is never
/// found is not found. A class that neither has examples nor was predicted is left out of them.
/// </remarks>
public sealed class ClassificationReport
{
    internal ClassificationReport(Evaluation result, IReadOnlyList<int> examples)
    {
        var classes = new ClassFigures[examples.Count];
        for (var c = 0; c < classes.Length; c++)
        {
            var predicted = 0;
            for (var actual = 0; actual < classes.Length; actual++)
                predicted += result.Confusion(actual, c);
            classes[c] = new(examples[c], predicted, Right: result.Confusion(c, c));
        }
        Classes = classes;
    }

    /// <summary>The figures of each class, in order.</summary>
    public IReadOnlyList<ClassFigures> Classes { get; }

    /// <summary>The mean precision of the classes.</summary>
    public double MacroPrecision => Mean(figures => figures.Precision);

    /// <summary>The mean recall of the classes, also called balanced accuracy.</summary>
    public double MacroRecall => Mean(figures => figures.Recall);

    /// <summary>The mean F1 of the classes.</summary>
    public double MacroF1 => Mean(figures => figures.F1);

    private double Mean(Func<ClassFigures, double?> figure) =>
        Classes.Where(figures => figures.Examples + figures.Predicted > 0).Select(figures => figure(figures) ?? 0).DefaultIfEmpty(0).Average();
}

/// <summary>How well one class is recognised.</summary>
/// <param name="Examples">How many examples it has.</param>
/// <param name="Predicted">How many examples, of any class, were taken for it.</param>
/// <param name="Right">How many of its examples were taken for it.</param>
public readonly record struct ClassFigures(int Examples, int Predicted, int Right)
{
    /// <summary>Of the examples that were taken for it, the share that are; null if none was.</summary>
    public double? Precision => Predicted > 0 ? (double)Right / Predicted : null;

    /// <summary>Of its examples, the share that were recognised; null if it has none.</summary>
    public double? Recall => Examples > 0 ? (double)Right / Examples : null;

    /// <summary>
    /// The harmonic mean of precision and recall, 2·right / (examples + predicted): high only if both are. Null if there are neither examples nor predictions.
    /// Van Rijsbergen (1979), <i>Information Retrieval</i>, chapter 7, with equal weights.
    /// </summary>
    public double? F1 => Examples + Predicted > 0 ? 2.0 * Right / ((double)Examples + Predicted) : null;
}
