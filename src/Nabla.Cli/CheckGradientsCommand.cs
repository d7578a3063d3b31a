using System.CommandLine;

namespace Nabla.Cli;

internal static class CheckGradientsCommand
{
    public static Command Create() => new("check-gradients");
}
