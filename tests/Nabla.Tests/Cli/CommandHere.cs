namespace Nabla.Tests.Cli;

/// <summary>
/// Runs the command in this process and captures what it writes. For tables of many cases, since a process takes half a
/// second to start.
/// </summary>
/// <remarks>
/// The console belongs to the whole program, so classes that use this are in the collection <see cref="Collection"/>,
/// and run alone.
/// </remarks>
[CollectionDefinition(Collection, DisableParallelization = true)]
public sealed class CommandHere
{
    public const string Collection = "Tests that take over the console";

    /// <summary>
    /// Runs the command to its end. It rethrows exceptions that the command does not turn into messages.
    /// </summary>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var (output, errors) = (Console.Out, Console.Error);
        using StringWriter newOutput = new(), newErrors = new();
        try
        {
            Console.SetOut(newOutput);
            Console.SetError(newErrors);
            var code = await CommandLine.RunAsync(arguments);
            return (code, newOutput.ToString(), newErrors.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(errors);
        }
    }
}
