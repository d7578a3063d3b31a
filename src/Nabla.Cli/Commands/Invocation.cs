namespace Nabla.Cli;

/// <summary>How to type the command where it runs: in a checkout, or as an installed tool.</summary>
internal static class Invocation
{
    private static readonly string build =
        Path.DirectorySeparatorChar + Path.Join("bin", "Release") + Path.DirectorySeparatorChar;

    public static string Command { get; } =
        AppContext.BaseDirectory.Contains(build, StringComparison.Ordinal)
            ? "dotnet run -c Release --project src/Nabla.Cli --"
            : "nabla";

    /// <summary>A value as it is typed: in quotation marks unless a shell takes it as one word.</summary>
    public static string Quoted(string value) =>
        value.All(letter => char.IsLetterOrDigit(letter) || "/\\.:-_".Contains(letter)) ? value : $"\"{value}\"";

    /// <summary>The option with the folder of the data, if it was given.</summary>
    public static string DataOption(string? folder) => folder is null ? "" : $" --data {Quoted(folder)}";
}
