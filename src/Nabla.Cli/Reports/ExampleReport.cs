using Spectre.Console;

namespace Nabla.Cli;

/// <summary>
/// What a network computes for one example: the image, the outputs, and the activations of all layers.
/// </summary>
internal static class ExampleReport
{
    private const int BarWidth = 20, MostOutputs = 20, ColumnsPerLine = 64;

    public static void WriteTitle(IAnsiConsole console, InspectedExample example)
    {
        var label = example.Label is { } name ? $": {name}" : "";
        console.WriteLine($"Example {example.Number} of the test set of {example.DataName}{label}");
        console.WriteLine();
    }

    public static void Write(IAnsiConsole console, InspectedExample example)
    {
        var (x, _) = example.Batch;
        IReadOnlyList<string> image = example.Data.ImageSize is { } size
            ? ImageText.Lines(example.Data.Image(example.Number), size)
            : [];
        var output = example.Model.Predict(x);
        foreach (var line in Bars.Beside(image, OutputLines(example.Model, output.Values, MostOutputs, example.Label)))
            console.WriteLine(line);
        console.WriteLine();
        console.WriteLine("The activations of each layer, a column for each neuron:");
        var activations = example.Model.Network.Activations(x);
        for (var l = 0; l < activations.Count; l++)
            WriteActivation(console, l + 1, example.Model.Network.Layers[l].Description, activations[l].Values);
        console.WriteLine();
        console.WriteLine("Next      --weight LAYER,O,I shows how a weight would learn from this example");
    }

    /// <summary>
    /// The outputs as bars, only the largest if there are many, with the predicted and the right class marked.
    /// </summary>
    public static string[] OutputLines(Model model, ReadOnlySpan<float> output, int most, string? right = null)
    {
        var values = output.ToArray();
        var names = Names(model);
        var predicted = Largest(output);
        int[] shown = values.Length <= most ? [.. Enumerable.Range(0, values.Length)] : Largest(values, most);
        var lines = Bars.Lines(
            [.. shown.Select(i => names[i])], [.. shown.Select(i => values[i])], Math.Max(1, values.Max()), BarWidth,
            value => MeansProbabilities(model) ? Figures.Percent(value).PadLeft(8) : $"{value,8:F4}");
        return [.. lines.Select((line, n) => line + Mark(shown[n]))];

        string Mark(int output) =>
            model.Classes.Count == 0 ? ""
            : output == predicted ? names[output] == right ? " ← read, correctly" : " ← read"
            : names[output] == right ? " ← right"
            : "";
    }

    /// <summary>The index of the largest value; of equal ones, the first.</summary>
    public static int Largest(ReadOnlySpan<float> values)
    {
        var largest = 0;
        for (var i = 1; i < values.Length; i++)
            if (values[i] > values[largest])
                largest = i;
        return largest;
    }

    /// <summary>The indices of the largest values, the largest first.</summary>
    public static int[] Largest(float[] values, int count) =>
        [.. Enumerable.Range(0, values.Length).OrderByDescending(i => values[i]).Take(count)];

    /// <summary>The names of the outputs: the classes, or numbers from 0.</summary>
    public static IReadOnlyList<string> Names(Model model) =>
        model.Classes.Count > 0 ? model.Classes : [.. Enumerable.Range(0, model.Network.Outputs).Select(i => $"{i}")];

    public static bool MeansProbabilities(Model model) =>
        model.Loss.TakesLogits || model.Network.Layers[^1] is Softmax;

    private static void WriteActivation(IAnsiConsole console, int number, string layer, ReadOnlySpan<float> values)
    {
        float low = 0, high = 0;
        foreach (var value in values)
            (low, high) = (MathF.Min(low, value), MathF.Max(high, value));
        var title = $"{number} {layer}";
        console.WriteLine();
        if (title.Length >= 16)
        {
            console.WriteLine(title);                           // a long title has its own line
            title = "";
        }
        console.WriteLine(
            $"{title.PadRight(16)}{Figures.Count(values.Length, "value")} on a scale from {low:G4} to {high:G4}");
        for (var start = 0; start < values.Length; start += ColumnsPerLine)
        {
            var end = Math.Min(values.Length, start + ColumnsPerLine);
            console.WriteLine(new string(' ', 16) + Bars.Columns(values[start..end], low, high));
        }
    }
}
