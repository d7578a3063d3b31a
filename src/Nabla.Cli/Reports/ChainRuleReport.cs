using Nabla.Inspection;
using Spectre.Console;

namespace Nabla.Cli;

/// <summary>The chain rule for one weight, factor by factor, 80 columns wide.</summary>
internal static class ChainRuleReport
{
    private const int Width = 79, MostTerms = 16;

    public static void Write(IAnsiConsole console, WeightExplanation explained, InspectedExample example)
    {
        var layer = example.Model.Network.Layers[explained.Layer];
        Line($"{explained.Name} is {Number(explained.Weight)}.");
        Line(
            $"It connects input {explained.Input} to neuron {explained.Output} of layer {explained.Layer + 1} " +
            $"({layer.Description}).");
        if (explained.Layer == 0 && example.Data.ImageSize is { } size)
            Line(
                $"Input {explained.Input} is the pixel in row {explained.Input / size.Width}, column " +
                $"{explained.Input % size.Width} of the image, both from 0.");
        Line($"The cost of this example is C = {Number(explained.Cost)} ({example.Model.Loss.Description}).");
        Line("How does it change with this weight alone? From the weight to the cost:");
        Line("");
        foreach (var line in Equation(explained))
            Line(line);
        for (var f = 0; f < explained.Factors.Count; f++)
        {
            Line("");
            WriteFactor(explained.Factors[f], f + 1);
        }
        if (explained.Factors[^1].Terms.MaxBy(term => Math.Abs(term.Product)) is { } largest
            && NextDense(explained, example.Model.Network) is { } next)
        {
            var k = explained.Factors[^1].Terms.ToList().IndexOf(largest);
            Line("");
            Line($"   To see where {largest.DeltaName} comes from: --weight {next + 1},{k},{explained.Output}");
        }
        Line("");
        Line($"Product of the {explained.Factors.Count} factors   {Number(explained.Product)}{Zero(explained)}");
        Line($"Stored gradient            {Number(explained.Stored)}   by backpropagation, {Difference(explained)}");
        Line($"Numeric derivative         {NumericText(explained.Numeric)}");

        void Line(string text) => console.WriteLine(text);

        void WriteFactor(ChainRuleFactor factor, int number)
        {
            var inBrackets = factor.Formula.Contains(',') && factor.Terms.Count == 0;
            Line(
                $"{number}. {factor.Name} = {(inBrackets ? $"({factor.Formula})" : factor.Formula)} = " +
                Number(factor.Value));
            var values = string.Join(", ", factor.Numbers.Select(n => $"{n.Name} = {Number(n.Value)}"));
            Line(
                $"   {factor.Explanation}{(values.Length > 0 ? $": {values}" : "")}" +
                (factor.Terms.Count > 0 ? ":" : ""));
            foreach (var line in TermLines(factor.Terms))
                Line("     " + line);
        }
    }

    /// <summary>
    /// A number with six significant digits: 12.3457, 0.0123457, 1.23457e-7; a whole number as it is.
    /// </summary>
    public static string Number(double value)
    {
        var size = Math.Abs(value);
        return size == 0 ? "0"
            : size < 1e6 && Math.Truncate(value) == value ? $"{value:0}"
            : size is >= 1e-4 and < 1e6 ? value.ToString($"F{5 - (int)Math.Floor(Math.Log10(size))}")
            : value.ToString("0.00000e+0");
    }

    private static IEnumerable<string> Equation(WeightExplanation explained)
    {
        var line = $"   ∂C/∂{explained.Name}";
        var indent = new string(' ', line.Length);
        var sign = "=";
        foreach (var factor in explained.Factors)
        {
            var more = $"  {sign}  {factor.Name}";
            if (line.Length + more.Length > Width)
            {
                yield return line;
                line = indent;
            }
            line += more;
            sign = "·";
        }
        yield return line;
    }

    private static IEnumerable<string> TermLines(IReadOnlyList<ChainRuleTerm> terms)
    {
        if (terms.Count == 0)
            return [];
        ChainRuleTerm[] shown = terms.Count <= MostTerms
            ? [.. terms]
            : [.. terms.OrderByDescending(term => Math.Abs(term.Product)).Take(MostTerms - 1)];
        List<string[]> rows = [.. shown.Select(Row)];
        if (shown.Length < terms.Count)
        {
            var others = Number(terms.Except(shown).Sum(term => term.Product));
            rows.Add([$"the other {terms.Count - shown.Length}, which are smaller", "", "", "", "", "=", others]);
        }
        rows.Add(["", "", "", "", "", "sum", Number(terms.Sum(term => term.Product))]);
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(c => rows.Max(row => row[c].Length))];
        return rows.Select(row => string.Join(' ', row.Select(Padded)).TrimEnd());

        string Padded(string cell, int column) =>
            column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]);
    }

    private static string[] Row(ChainRuleTerm term) =>
    [
        $"{term.LinkName} · {term.DeltaName}", "=", Number(term.Link), "·", Number(term.Delta), "=",
        Number(term.Product),
    ];

    /// <summary>The dense layer whose neurons the last factor sums over; null if it is another kind of layer.</summary>
    private static int? NextDense(WeightExplanation explained, Network network)
    {
        // One factor for each activation after the weight's layer
        var l = explained.Layer + explained.Factors.Count - 1;
        return l < network.Layers.Count && network.Layers[l] is Nabla.Dense ? l : null;
    }

    private static string Zero(WeightExplanation explained) =>
        explained.Product == 0 && explained.Factors.FirstOrDefault(factor => factor.Value == 0) is { } zero
            ? $"   since {zero.Name} = 0"
            : "";

    private static string Difference(WeightExplanation explained) => explained.Stored == explained.Product
        ? "the same number"
        : $"rel. error {RelativeError(explained):0e+0}";

    private static double RelativeError(WeightExplanation explained) =>
        Math.Abs(explained.Stored - explained.Product) / Math.Max(Math.Abs(explained.Product), double.Epsilon);

    internal static string NumericText(NumericDerivative numeric) =>
        !double.IsFinite(numeric.Uncertainty)
            ? "none: even the smallest step crosses a kink, where there is no derivative"
        : numeric.Uncertainty > Math.Abs(numeric.Value) ? "too small to measure with small steps"
        : $"{Number(numeric.Value)} ± {numeric.Uncertainty:0.#e+0}   by small steps";
}
