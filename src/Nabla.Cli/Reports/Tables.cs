using Spectre.Console;

namespace Nabla.Cli;

/// <summary>Tables that several commands show.</summary>
internal static class Tables
{
    /// <summary>The layers with their input and output shapes and their numbers of parameters.</summary>
    public static Table Layers(Network network)
    {
        var table = New();
        table.AddColumn(new TableColumn("#").RightAligned());
        table.AddColumn("layer");
        table.AddColumn(new TableColumn("in → out").RightAligned());
        table.AddColumn(new TableColumn("parameters").RightAligned());
        for (var l = 0; l < network.Layers.Count; l++)
        {
            var layer = network.Layers[l];
            var count = layer.Parameters.Sum(p => p.Count);
            table.AddRow(
                $"{l + 1}", Markup.Escape(layer.Description), $"{layer.InputShape} → {layer.OutputShape}",
                count > 0 ? $"{count:N0}" : "");
        }
        table.AddEmptyRow();
        table.AddRow("", "all parameters", "", $"{network.Parameters.Count:N0}");
        return table;
    }

    /// <summary>How often each class was read as each: a row for each class, a column for each prediction.</summary>
    public static Table Confusion(Evaluation result, IReadOnlyList<string> classes)
    {
        var table = New();
        table.AddColumn(new TableColumn("read →").RightAligned());
        foreach (var name in classes)
        {
            var column = new TableColumn(Markup.Escape(Short(name))).RightAligned();
            table.AddColumn(column.PadLeft(0));         // so that the ten digits of MNIST fit 80 columns
        }
        table.AddColumn(new TableColumn("right").RightAligned());
        for (var actual = 0; actual < classes.Count; actual++)
        {
            var count = Enumerable.Range(0, classes.Count).Sum(p => result.Confusion(actual, p));
            var cells = Enumerable.Range(0, classes.Count).Select(p => Cell(result.Confusion(actual, p), p == actual));
            var share = count == 0 ? "" : $"{100.0 * result.Confusion(actual, actual) / count:F1} %";
            table.AddRow([Markup.Escape(classes[actual]), .. cells, share]);
        }
        return table;
    }

    private static string Cell(int count, bool right) =>
        count == 0 ? "[grey]·[/]" : right ? $"[green]{count}[/]" : $"{count}";

    private static string Short(string name) => name.Length <= 5 ? name : name[..5];

    private static Table New() => new Table().Border(TableBorder.Simple).Collapse();
}
