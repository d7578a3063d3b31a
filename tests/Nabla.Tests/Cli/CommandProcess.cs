using System.Diagnostics;

namespace Nabla.Tests.Cli;

/// <summary>The command as a process, as a script would call it.</summary>
internal sealed class CommandProcess : IDisposable
{
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(2);

    private readonly Process process;
    private readonly Task<string> errors;

    private CommandProcess(Process process)
    {
        this.process = process;
        errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Runs the command to its end.</summary>
    public static (int ExitCode, string Output, string Errors) Run(string folder, params string[] arguments)
    {
        using var command = Start(folder, arguments);
        var output = command.process.StandardOutput.ReadToEnd();
        return (command.ExitCode(), output, command.errors.Result);
    }

    /// <summary>Starts the command in a folder.</summary>
    public static CommandProcess Start(string folder, params string[] arguments) =>
        new(Process.Start(new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "Nabla.Cli.dll"), .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        })!);

    /// <summary>The next line of output; null at the end.</summary>
    public string? ReadLine() => process.StandardOutput.ReadLine();

    /// <summary>The rest of the output.</summary>
    public string ReadToEnd()
    {
        var rest = process.StandardOutput.ReadToEndAsync();
        // As where a shell has it ignore SIGINT, in the background
        Assert.True(rest.Wait(patience), "The command did not end.");
        return rest.Result;
    }

    /// <summary>Sends a signal, “INT” or “TERM”.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, process.Id.ToString()]);
        kill.WaitForExit();
    }

    /// <summary>What it wrote to standard error, once it has ended.</summary>
    public string Errors => errors.Result;

    /// <summary>
    /// Whether it ends by itself in that time. Its output is read meanwhile, so that it does not wait for room.
    /// </summary>
    public bool EndsWithin(TimeSpan time)
    {
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process.WaitForExit(time);
    }

    /// <summary>Waits for the end.</summary>
    public int ExitCode()
    {
        Assert.True(process.WaitForExit(patience), "The command did not end.");
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
    }
}
