using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using Nabla.Data;

namespace Nabla.Cli;

/// <summary>Arguments and options that several commands share.</summary>
internal static class CommonOptions
{
    public static Argument<string> Data(string? fallback = "digits") => new("DATA")
    {
        Description = $"{string.Join(", ", DataSource.Names)}, or a folder of IDX files.",
        DefaultValueFactory = _ => fallback ?? "",
    };

    public static Argument<string> Model() => new("MODEL")
    {
        Description = "A model file, or the folder of a run, such as runs/classic-001.",
    };

    public static Option<string?> DataFolder() => new("--data")
    {
        Description = "The folder of mnist and fashion-mnist. If not given: NABLA_DATA, a cache, or a download.",
        HelpName = "DIR",
    };

    public static Option<int?> Threads() => new("--threads", "-t")
    {
        Description = "The number of threads; all processors if not given. It does not change the result.",
        HelpName = "T",
    };

    public static Option<bool> Json() => new("--json")
    {
        Description = "Print one JSON object per line, and nothing else.",
    };

    /// <summary>Makes every numeric option of a command use <see cref="Number"/> or <see cref="Whole"/>.</summary>
    public static void ReadNumbers(Command command)
    {
        foreach (var option in command.Options)
            switch (option)
            {
                case Option<double> number: number.CustomParser = Number; break;
                case Option<double?> number: number.CustomParser = result => Number(result); break;
                case Option<int> whole: whole.CustomParser = Whole<int>; break;
                case Option<int?> whole: whole.CustomParser = result => Whole<int>(result); break;
                case Option<ulong> whole: whole.CustomParser = Whole<ulong>; break;
            }
        foreach (var inner in command.Subcommands)
            ReadNumbers(inner);
    }

    /// <summary>
    /// Reads a number as it is written in C#: “0.1”, “1e-3”. A comma is an error; .NET would read “0,1” as 1.
    /// </summary>
    private static double Number(ArgumentResult result)
    {
        var text = result.Tokens[^1].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return number;
        var pointed = text.Replace(',', '.');
        var hint = double.TryParse(pointed, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            ? $", written with a point: {pointed}"
            : "";
        return Refuse<double>(result, $"a number is expected{hint}.");
    }

    private static T Whole<T>(ArgumentResult result)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var text = result.Tokens[^1].Value;
        if (T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return number;
        var isWhole = BigInteger.TryParse(
            text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var big);
        var range = !isWhole ? ""
            : big.Sign > 0 ? $" up to {T.MaxValue}" : $" from {T.MinValue}";
        return Refuse<T>(result, $"a whole number{range} is expected.");
    }

    private static T Refuse<T>(ArgumentResult result, string expected)
        where T : struct
    {
        result.AddError(
            $"{(result.Parent as OptionResult)?.Option.Name} is '{result.Tokens[^1].Value}', but {expected}");
        return default;
    }
}
