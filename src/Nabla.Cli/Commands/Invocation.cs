namespace Nabla.Cli;

/// <summary>How to type the command where it is running: as it is from a checkout, or as an installed tool.</summary>
internal static class Invocation
{
    public static string Command { get; } =
        AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            ? "dotnet run -c Release --project src/Nabla.Cli --"
            : "nabla";

    /// <summary>A value as it is typed: in quotation marks where a shell would not take it for one word.</summary>
    public static string Quoted(string value) => value.All(letter => char.IsLetterOrDigit(letter) || "/\\.:-_".Contains(letter)) ? value : $"\"{value}\"";

    /// <summary>The option that says where the data is, if it was said.</summary>
    public static string DataOption(string? folder) => folder is null ? "" : $" --data {Quoted(folder)}";
}
