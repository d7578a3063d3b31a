using System.CommandLine;

namespace Nabla.Cli;

internal static class TrainCommand
{
    public static Command Create() => new("train");
}
