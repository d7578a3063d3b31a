using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Security;
using Nabla.Doctor;

namespace Nabla.Cli;

/// <summary>The command <c>nabla</c>: parses what was typed, runs it, and turns every failure into one message and an exit code.</summary>
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
            await Console.Error.WriteLineAsync($"Type 'nabla {command}--help' to see what can be given.");
            return ExitCode.BadRequest;
        }
        try
        {
            using var interruption = new Interruption();
            var configuration = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,       // else it handles the signals as well: ends a long step after 2 seconds, and crashes at the second signal
            };
            return await parsed.InvokeAsync(configuration, interruption.Token);
        }
        catch (Exception e) when (Classify(e) is { } code)
        {
            await Console.Error.WriteLineAsync(code == ExitCode.Interrupted ? "nabla: interrupted." : "nabla: " + Message(e));
            return code;
        }
    }

    /// <summary>What an exception says to somebody who does not know its parameter: the message without “(Parameter 'value')” and what follows.</summary>
    internal static string Message(Exception e) =>
        e is ArgumentException { ParamName: { } name } && e.Message.LastIndexOf($" (Parameter '{name}')", StringComparison.Ordinal) is >= 0 and var end
            ? e.Message[..end]
            : e.Message;

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

    /// <summary>What to say about the first word that should be a command or an option but is none, which the parser would take for data; else null.</summary>
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
            else if (type == TokenType.Argument && word is ['-', _, ..] && !(before == TokenType.Option && IsNegativeNumber(word)))
                return NoOption(word.Split('=')[0], command);
            else if (type == TokenType.Argument && command == root)
                return NoCommand(word, root);
            before = type;
        }
        return null;
    }

    /// <summary>Whether a word looks like one, so that the option it belongs to can say what is wrong with it: “-1”, “-0,1”, “-.5”, “-Infinity”.</summary>
    private static bool IsNegativeNumber(string word) => char.IsAsciiDigit(word.TrimStart('-', '.', ',').FirstOrDefault()) || double.TryParse(word, out _);

    private static string NoOption(string word, Command command)
    {
        var known = command.Options.SelectMany(option => option.Aliases.Append(option.Name)).Where(name => name.StartsWith("--", StringComparison.Ordinal));
        var guess = word.Length > 2 ? Spelling.Nearest("--" + word.TrimStart('-'), known) : null;
        return $"There is no option '{word}' for '{(command is RootCommand ? "nabla" : command.Name)}'.{(guess is null ? "" : $" Did you mean '{guess}'?")}";
    }

    private static string NoCommand(string word, Command root)
    {
        string[] known = [.. root.Subcommands.Select(command => command.Name)];
        var guess = Spelling.Nearest(word, known);
        return $"There is no command '{word}'. {(guess is null ? "" : $"Did you mean '{guess}'? ")}Known are: {string.Join(", ", known)}.";
    }

    /// <summary>The exit code for a failure that is the request's, the data's or the machine's; null for one that is ours.</summary>
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
