using System.Globalization;

namespace Nabla.Cli;

/// <summary>Writes numbers for people.</summary>
internal static class Figures
{
    /// <summary>“accuracy 95.12 %, loss 0.0834”; of a regression, “R² 0.9512, loss 1.2503”.</summary>
    public static string Of(Evaluation result) =>
        (result.Accuracy is { } accuracy ? $"accuracy {Percent(accuracy)}, "
            : result.Regression is { } regression ? $"R² {regression.R2:F4}, "
            : "") + $"loss {result.Loss:F4}";

    /// <summary>“1 epoch”, “30 epochs”.</summary>
    public static string Count(int count, string what) => $"{count:N0} {what}{(count == 1 ? "" : "s")}";

    /// <summary>“95.12 %”.</summary>
    public static string Percent(double share) => $"{share * 100:F2} %";

    /// <summary>A learning rate with two significant digits, as it is typed: “0.0021”, “12”, “1.5e-05”.</summary>
    public static string Rate(double rate)
    {
        var rounded = double.Parse(rate.ToString("G2", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return rounded.ToString(CultureInfo.InvariantCulture).ToLowerInvariant();
    }

    /// <summary>“3.4 s”, “0.12 s”, “2 min 5 s”.</summary>
    public static string Seconds(double seconds) => seconds switch
    {
        < 1 => $"{seconds:F2} s",
        < 60 => $"{seconds:F1} s",
        _ => $"{(int)seconds / 60} min {(int)seconds % 60} s",
    };
}
