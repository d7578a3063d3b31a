
namespace Nabla.Tests.Cli;

/// <summary>The command in this process, with what it writes: for tables of many cases, since a process takes half a second to start.</summary>
/// <remarks>The console belongs to the whole program: classes that use this belong to the collection <see cref="Collection"/>, and run with nothing beside them.</remarks>
[CollectionDefinition(Collection, DisableParallelization = true)]
public sealed class CommandHere
{
    public const string Collection = "Tests that take over the console";

    /// <summary>Runs the command to its end. An exception that it does not turn into a message comes out.</summary>
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
