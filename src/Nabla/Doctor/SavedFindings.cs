namespace Nabla.Doctor;

/// <summary>Converts findings to the strings and numbers of a checkpoint, and back.</summary>
internal static class SavedFindings
{
    // severity, layer, epoch, step, and the number of evidence figures; then their values
    private const int NumbersOfEach = 5;

    // code, title, message, advice, and the layer's name; then the names of the evidence
    private const int TextsOfEach = 5;

    /// <summary>Saves and restores the findings.</summary>
    /// <exception cref="InvalidDataException">The restored values are not findings.</exception>
    public static void Visit(StateVisitor state, List<Finding> findings)
    {
        List<string> texts = [.. findings.SelectMany(TextsOf)];
        List<double> numbers = [.. findings.SelectMany(NumbersOf)];
        state.Visit("texts", texts);
        state.Visit("numbers", numbers);
        findings.Clear();
        for (int text = 0, number = 0; text < texts.Count || number < numbers.Count;)
            findings.Add(Next(texts, ref text, numbers, ref number));
    }

    private static IEnumerable<string> TextsOf(Finding finding) =>
        [
            finding.Code, finding.Title, finding.Message, finding.Advice, finding.LayerName ?? "",
            .. finding.Evidence.Select(evidence => evidence.Name),
        ];

    /// <summary>Layers, epochs and steps count from 1, so 0 stands for null.</summary>
    private static IEnumerable<double> NumbersOf(Finding finding) =>
        [
            (int)finding.Severity, finding.Layer ?? 0, finding.Epoch ?? 0, finding.Step ?? 0, finding.Evidence.Count,
            .. finding.Evidence.Select(evidence => evidence.Value),
        ];

    private static Finding Next(List<string> texts, ref int text, List<double> numbers, ref int number)
    {
        var left = (Texts: texts.Count - text - TextsOfEach, Numbers: numbers.Count - number - NumbersOfEach);
        var count = left.Numbers >= 0 ? numbers[number + NumbersOfEach - 1] : -1;
        if (!(count >= 0 && count <= left.Numbers && count <= left.Texts))
            throw new InvalidDataException("The doctor's findings in the saved state are damaged.");
        var (t, n, evidence) = (text, number, (int)count);
        (text, number) = (t + TextsOfEach + evidence, n + NumbersOfEach + evidence);
        return new()
        {
            Code = texts[t],
            Title = texts[t + 1],
            Message = texts[t + 2],
            Advice = texts[t + 3],
            LayerName = texts[t + 4] is { Length: > 0 } name ? name : null,
            Severity = (FindingSeverity)(int)numbers[n],
            Layer = OrNone(numbers[n + 1]),
            Epoch = OrNone(numbers[n + 2]),
            Step = OrNone(numbers[n + 3]),
            Evidence =
            [
                .. Enumerable.Range(0, evidence).Select(i =>
                    (texts[t + TextsOfEach + i], numbers[n + NumbersOfEach + i])),
            ],
        };
    }

    private static int? OrNone(double number) => number >= 1 ? (int)number : null;
}
