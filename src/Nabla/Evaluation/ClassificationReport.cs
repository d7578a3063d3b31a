namespace Nabla;

/// <summary>How well each class is recognised, computed from the confusion matrix.</summary>
/// <remarks>
/// A figure that would be a division by 0 is null for its class: the precision of a class that was never predicted,
/// the recall of one that has no examples. The macro averages give every class the same weight, whatever its size. In
/// them such a figure counts as 0, as in scikit-learn: what is never found is not found. They leave out a class that
/// neither has examples nor was predicted.
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
        Classes.Where(figures => figures.Examples + figures.Predicted > 0)
            .Select(figures => figure(figures) ?? 0)
            .DefaultIfEmpty(0)
            .Average();
}

/// <summary>How well one class is recognised.</summary>
/// <param name="Examples">The number of examples of the class.</param>
/// <param name="Predicted">The number of examples, of any class, that were predicted as this class.</param>
/// <param name="Right">The number of examples of the class that were predicted as this class.</param>
public readonly record struct ClassFigures(int Examples, int Predicted, int Right)
{
    /// <summary>Of the examples predicted as this class, the share that belong to it; null if there are none.</summary>
    public double? Precision => Predicted > 0 ? (double)Right / Predicted : null;

    /// <summary>Of the examples of this class, the share that were recognised; null if there are none.</summary>
    public double? Recall => Examples > 0 ? (double)Right / Examples : null;

    /// <summary>
    /// The harmonic mean of precision and recall, 2·right / (examples + predicted): high only if both are high. Null
    /// if there are neither examples nor predictions.
    /// Van Rijsbergen (1979), <i>Information Retrieval</i>, chapter 7, with equal weights.
    /// </summary>
    public double? F1 => Examples + Predicted > 0 ? 2.0 * Right / ((double)Examples + Predicted) : null;
}
