using System.Text;
using Spectre.Console;

namespace Nabla.Cli;

/// <summary>Standard output for people. A file or a pipe gets plain text without escape codes.</summary>
internal static class TextOutput
{
    private const int Unlimited = 10_000;               // a file has no width, so no line is broken

    public static IAnsiConsole Console()
    {
        if (!System.Console.IsOutputRedirected)
        {
            System.Console.OutputEncoding = Encoding.UTF8;
            return AnsiConsole.Console;
        }
        return To(new StreamWriter(System.Console.OpenStandardOutput(), new UTF8Encoding(false)) { AutoFlush = true });
    }

    /// <summary>Plain text to a writer.</summary>
    public static IAnsiConsole To(TextWriter writer)
    {
        var console = AnsiConsole.Create(new()
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = Unlimited;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }

    /// <summary>Writes “Label     text”; text that does not fit the width continues below, indented.</summary>
    public static void Labelled(this IAnsiConsole console, string label, string text)
    {
        const int indent = 10;
        var line = label.PadRight(indent);
        foreach (var word in text.Split(' '))
        {
            if (line.TrimEnd().Length > indent && line.Length + word.Length > console.Profile.Width)
            {
                console.Line(line.TrimEnd());
                line = new string(' ', indent);
            }
            line += word + " ";
        }
        console.Line(line.TrimEnd());
    }

    /// <summary>
    /// Writes a line as it is. A terminal may wrap it, but a command in it can still be copied whole.
    /// </summary>
    public static void Line(this IAnsiConsole console, string text = "") =>
        console.Profile.Out.Writer.WriteLine(text);
}
