using System.CommandLine;

namespace Nabla.Cli;

internal static class PredictCommand
{
    public static Command Create() => new("predict");
}
