using System.CommandLine;
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

    public static Argument<string> Model() => new("MODEL") { Description = "A model file, such as runs/classic-001/best.safetensors." };

    public static Option<string?> DataFolder() => new("--data")
    {
        Description = "Where mnist and fashion-mnist are; else NABLA_DATA, a cache, and only then a download.",
        HelpName = "DIR",
    };

    public static Option<int?> Threads() => new("--threads", "-t") { Description = "Threads to use; all processors if not given. The result is the same.", HelpName = "T" };

    public static Option<bool> Json() => new("--json") { Description = "Print one JSON object a line, and nothing else." };
}
