using Spectre.Console;

namespace Nabla.Cli;

/// <summary>
/// A model: its layers, statistics of its weights, the meaning of its outputs, and how it was trained.
/// </summary>
internal static class ModelReport
{
    public static void Write(IAnsiConsole console, Model model, string path)
    {
        console.WriteLine(path);
        console.WriteLine();
        console.Write(Tables.Layers(model.Network));
        console.WriteLine();
        console.Write(Tensors(model.Network));
        console.WriteLine();
        console.WriteLine($"Loss      {model.Loss.Description}");
        if (model.Classes.Count > 0)
            console.WriteLine($"Classes   {model.Classes.Count}: {string.Join(", ", model.Classes)}");
        if (model.ImageSize is { } size)
            console.WriteLine($"Images    {size} pixels, bright on dark");
        var title = "Training";
        foreach (var (name, value) in model.Training.Where(pair => pair.Key is not ("layers" or "loss")))
        {
            console.WriteLine($"{title,-10}{Printable(name)}: {Printable(value)}");
            title = "";
        }
    }

    /// <summary>Text from a file, without control characters, which a terminal would obey.</summary>
    private static string Printable(string text) =>
        new([.. text.Select(c => char.IsControl(c) ? '\uFFFD' : c)]);

    private static Table Tensors(Network network)
    {
        var table = new Table().Border(TableBorder.Simple).Collapse();
        table.AddColumn("tensor");
        foreach (var title in (string[])["shape", "mean", "deviation", "smallest", "largest"])
            table.AddColumn(new TableColumn(title).RightAligned());
        foreach (var (name, parameter) in network.NamedParameters)
        {
            var figures = WeightFigures.Of(parameter.Value);
            table.AddRow(
                name, string.Join(" × ", parameter.Dimensions), $"{figures.Mean:F4}", $"{figures.Deviation:F4}",
                $"{figures.Smallest:F4}", $"{figures.Largest:F4}");
        }
        return table;
    }
}

/// <summary>Statistics of many weights.</summary>
internal readonly record struct WeightFigures(double Mean, double Deviation, double Smallest, double Largest)
{
    public static WeightFigures Of(Matrix weights)
    {
        double[] values = [.. weights.Values.ToArray().Select(value => (double)value)];
        var mean = values.Average();
        var variance = values.Average(value => (value - mean) * (value - mean));
        return new(mean, Math.Sqrt(variance), values.Min(), values.Max());
    }
}
