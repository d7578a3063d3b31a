using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Security;
using Nabla.Doctor;

namespace Nabla.Cli;

/// <summary>
/// The command <c>nabla</c>: parses the command line, runs it, and turns every failure into one message and an exit
/// code.
/// </summary>
internal static class CommandLine
{
    /// <summary>Runs one command line and returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        if (args is [] or ["help", ..])
            args = [.. args.Skip(1), "--help"];
        var root = Root();
        var parsed = root.Parse(args);
        string[] errors = parsed.Action is HelpAction ? []
            : Unknown(root, parsed.Tokens) is { } unknown ? [unknown]
            : [.. parsed.Errors.Select(error => error.Message)];
        if (errors.Length > 0)
        {
            foreach (var error in errors)
                await Console.Error.WriteLineAsync("nabla: " + error);
            var command = parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ";
            await Console.Error.WriteLineAsync($"Type 'nabla {command}--help' for help.");
            return ExitCode.BadRequest;
        }
        try
        {
            using var interruption = new Interruption();
            var configuration = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                // By default it handles the signals, too: it ends a long step after 2 seconds, and crashes at the
                // second signal.
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(configuration, interruption.Token);
        }
        catch (Exception e) when (Classify(e) is { } code)
        {
            await Console.Error.WriteLineAsync(
                code == ExitCode.Interrupted ? "nabla: interrupted." : "nabla: " + PlainMessage.Of(e));
            return code;
        }
    }

    private static RootCommand Root()
    {
        var root = new RootCommand("Nabla: neural networks from scratch. Train one: 'nabla train'.")
        {
            TrainCommand.Create(),
            LearningRateCommand.Create(),
            EvaluateCommand.Create(),
            PredictCommand.Create(),
            InspectCommand.Create(),
            CheckGradientsCommand.Create(),
        };
        CommonOptions.ReadNumbers(root);
        return root;
    }

    /// <summary>
    /// The message about the first word that should be a command or an option, but is unknown and would be parsed as
    /// data; null if there is none.
    /// </summary>
    private static string? Unknown(Command root, IReadOnlyList<Token> tokens)
    {
        var command = root;
        TokenType? before = null;
        foreach (var (type, word) in tokens.Select(token => (token.Type, token.Value)))
        {
            if (type == TokenType.DoubleDash)
                return null;
            if (type == TokenType.Command)
                command = root.Subcommands.FirstOrDefault(known => known.Name == word) ?? command;
            else if (type == TokenType.Argument && word is ['-', _, ..]
                && !(before == TokenType.Option && IsNegativeNumber(word)))
                return NoOption(word.Split('=')[0], command);
            else if (type == TokenType.Argument && command == root)
                return NoCommand(word, root);
            before = type;
        }
        return null;
    }

    /// <summary>
    /// Whether a word looks like a negative number: “-1”, “-0,1”, “-.5”, “-Infinity”. The option before it then says
    /// what is wrong with it.
    /// </summary>
    private static bool IsNegativeNumber(string word) =>
        char.IsAsciiDigit(word.TrimStart('-', '.', ',').FirstOrDefault()) || double.TryParse(word, out _);

    private static string NoOption(string word, Command command)
    {
        var known = command.Options.SelectMany(option => option.Aliases.Append(option.Name))
            .Where(name => name.StartsWith("--", StringComparison.Ordinal));
        var guess = word.Length > 2 ? Spelling.Nearest("--" + word.TrimStart('-'), known) : null;
        return $"There is no option '{word}' for '{(command is RootCommand ? "nabla" : command.Name)}'." +
            $"{(guess is null ? "" : $" Did you mean '{guess}'?")}";
    }

    private static string NoCommand(string word, Command root)
    {
        string[] known = [.. root.Subcommands.Select(command => command.Name)];
        var guess = Spelling.Nearest(word, known);
        return $"There is no command '{word}'. {(guess is null ? "" : $"Did you mean '{guess}'? ")}" +
            $"Known are: {string.Join(", ", known)}.";
    }

    /// <summary>The exit code for a failure of the request, the data or the machine; null for a bug of ours.</summary>
    private static int? Classify(Exception e) => e switch
    {
        OperationCanceledException => ExitCode.Interrupted,
        DivergedException or HopelessException => ExitCode.Failed,
        InvalidDataException or FormatException or ArgumentException => ExitCode.BadRequest,
        FileNotFoundException or DirectoryNotFoundException => ExitCode.BadRequest,
        IOException or UnauthorizedAccessException or SecurityException or OutOfMemoryException => ExitCode.Failed,
        _ => null,
    };
}
