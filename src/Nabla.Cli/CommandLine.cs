using System.CommandLine;
using System.Security;
using Nabla.Training;

namespace Nabla.Cli;

/// <summary>The command <c>nabla</c>: parses what was typed, runs it, and turns every failure into one message and an exit code.</summary>
internal static class CommandLine
{
    /// <summary>Runs one command line and returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Root().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                await Console.Error.WriteLineAsync("nabla: " + error.Message);
            await Console.Error.WriteLineAsync($"Type 'nabla {parsed.CommandResult.Command.Name} --help' to see what can be given.".Replace("nabla nabla", "nabla"));
            return ExitCode.BadRequest;
        }
        try
        {
            using var interruption = new Interruption();
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, interruption.Token);
        }
        catch (Exception e) when (Classify(e) is { } code)
        {
            await Console.Error.WriteLineAsync(code == ExitCode.Interrupted ? "nabla: interrupted." : "nabla: " + e.Message);
            return code;
        }
    }

    private static RootCommand Root() => new("Nabla: neural networks from scratch. Train one: 'nabla train'.")
    {
        TrainCommand.Create(),
        EvaluateCommand.Create(),
        PredictCommand.Create(),
        InspectCommand.Create(),
        CheckGradientsCommand.Create(),
    };

    /// <summary>The exit code for a failure that is the request's, the data's or the machine's; null for one that is ours.</summary>
    private static int? Classify(Exception e) => e switch
    {
        OperationCanceledException => ExitCode.Interrupted,
        DivergedException => ExitCode.Failed,
        InvalidDataException or FormatException or ArgumentException => ExitCode.BadRequest,
        FileNotFoundException or DirectoryNotFoundException => ExitCode.BadRequest,
        IOException or UnauthorizedAccessException or SecurityException or OutOfMemoryException => ExitCode.Failed,
        _ => null,
    };
}
