using Nabla.Data;
using Spectre.Console;

namespace Nabla.Cli;

/// <summary>The confusion table, and some of the misread images, as text.</summary>
internal static class EvaluationReport
{
    private const int MostClasses = 20, Gap = 3, WidestRow = 120;

    public static void Write(IAnsiConsole console, Evaluation result, Dataset test)
    {
        if (!test.HasClasses)
            return;
        if (test.Classes.Count <= MostClasses)
            console.Write(Tables.Confusion(result, test.Classes));
        int[] wrong = [.. Enumerable.Range(0, test.Count).Where(i => result.Predictions[i] != test.Label(i))];
        if (test.ImageSize is { } size && wrong.Length > 0)
            WriteImages(console, result, test, size, wrong);
        console.Line();
    }

    /// <summary>As many misread images side by side as fit, spread over all of them.</summary>
    private static void WriteImages(IAnsiConsole console, Evaluation result, Dataset test, ImageSize size, int[] wrong)
    {
        var fit = Math.Clamp((Math.Min(console.Profile.Width, WidestRow) + Gap) / (size.Width + Gap), 1, 4);
        var count = Math.Min(fit, wrong.Length);
        int[] shown = [.. Enumerable.Range(0, count).Select(i => wrong[(int)((i + 0.5) * wrong.Length / count)])];
        console.Line();
        console.Line(
            $"{wrong.Length:N0} {(wrong.Length == 1 ? "was" : "were")} misread" +
            $"{(count < wrong.Length ? ", such as these" : "")}:");
        console.Line();
        string[] titles =
        [
            .. shown.Select(i => $"example {i}: {test.Classes[test.Label(i)]} as {ReadAs(result, i, test)}"),
        ];
        IReadOnlyList<string>[] images = [.. shown.Select(i => ImageText.Lines(test.Image(i), size))];
        console.Line(Row(titles, size.Width));
        for (var line = 0; line < images[0].Count; line++)
            console.Line(Row([.. images.Select(image => image[line])], size.Width));
    }

    /// <summary>The class that an example was read as.</summary>
    public static string ReadAs(Evaluation result, int example, Dataset test) =>
        result.Predictions[example] is var read && read == Evaluation.NoClass ? "NaN" : test.Classes[read];

    private static string Row(string[] cells, int width) =>
        string.Join(new string(' ', Gap), cells.Select(cell => cell.PadRight(width)[..width])).TrimEnd();
}
