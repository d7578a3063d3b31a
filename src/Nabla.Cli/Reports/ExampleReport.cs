using Spectre.Console;

namespace Nabla.Cli;

/// <summary>What a network makes of one example: the image, the outputs, and the activations on the way.</summary>
internal static class ExampleReport
{
    private const int BarWidth = 20, MostOutputs = 20, ColumnsALine = 64;

    public static void WriteTitle(IAnsiConsole console, InspectedExample example)
    {
        console.WriteLine($"Example {example.Number} of the test set of {example.DataName}{(example.Label is { } label ? $": {label}" : "")}");
        console.WriteLine();
    }

    public static void Write(IAnsiConsole console, InspectedExample example)
    {
        var (x, _) = example.Batch;
        IReadOnlyList<string> image = example.Data.ImageSize is { } size ? ImageText.Lines(example.Data.Image(example.Number), size) : [];
        var output = example.Model.Predict(x);
        foreach (var line in Bars.Beside(image, OutputLines(example.Model, output.Values, MostOutputs, example.Label)))
            console.WriteLine(line);
        console.WriteLine();
        console.WriteLine("On the way there, a column for each neuron, low to high:");
        var activations = example.Model.Network.Activations(x);
        for (var l = 0; l < activations.Count; l++)
            WriteActivation(console, l + 1, example.Model.Network.Layers[l].Description, activations[l].Values);
        console.WriteLine();
        console.WriteLine($"Next      --weight LAYER,O,I shows how a weight would learn from this example");
    }

    /// <summary>The outputs as bars, the largest ones if there are many; marked is what is right.</summary>
    public static string[] OutputLines(Model model, ReadOnlySpan<float> output, int most, string? right = null)
    {
        var values = output.ToArray();
        var names = Names(model);
        var predicted = Rows.ArgMax(output);
        int[] shown = values.Length <= most ? [.. Enumerable.Range(0, values.Length)] : Largest(values, most);
        var lines = Bars.Lines(
            [.. shown.Select(i => names[i])], [.. shown.Select(i => values[i])], Math.Max(1, values.Max()), BarWidth,
            value => MeansProbabilities(model) ? Figures.Percent(value).PadLeft(8) : $"{value,8:F4}");
        return [.. lines.Select((line, n) => line +
            (model.Classes.Count == 0 ? "" : (shown[n] == predicted ? " ← read" : "") + (names[shown[n]] == right ? shown[n] == predicted ? ", rightly" : " ← right" : "")))];
    }

    /// <summary>The places of the largest numbers, the largest first.</summary>
    public static int[] Largest(float[] values, int count) =>
        [.. Enumerable.Range(0, values.Length).OrderByDescending(i => values[i]).Take(count)];

    /// <summary>The names of the outputs: the classes, or their numbers from 0.</summary>
    public static IReadOnlyList<string> Names(Model model) =>
        model.Classes.Count > 0 ? model.Classes : [.. Enumerable.Range(0, model.Network.Outputs).Select(i => $"{i}")];

    public static bool MeansProbabilities(Model model) => model.Loss.TakesLogits || model.Network.Layers[^1] is Nabla.Softmax;

    private static void WriteActivation(IAnsiConsole console, int number, string layer, ReadOnlySpan<float> values)
    {
        float low = 0, high = 0;
        foreach (var value in values)
            (low, high) = (MathF.Min(low, value), MathF.Max(high, value));
        var title = $"{number} {layer}";
        console.WriteLine();
        if (title.Length >= 16)
        {
            console.WriteLine(title);                           // a long list in brackets, say, has a line of its own
            title = "";
        }
        console.WriteLine($"{title.PadRight(16)}{values.Length} {(values.Length == 1 ? "number" : "numbers")} on a scale from {low:G4} to {high:G4}");
        for (var start = 0; start < values.Length; start += ColumnsALine)
            console.WriteLine(new string(' ', 16) + Bars.Columns(values[start..Math.Min(values.Length, start + ColumnsALine)], low, high));
    }
}
