using System.Text;
using Spectre.Console;

namespace Nabla.Cli;

/// <summary>Standard output for people. A file or a pipe gets plain text, 100 columns wide, without a single escape code.</summary>
internal static class TextOutput
{
    private const int RedirectedWidth = 100;

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
            Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = RedirectedWidth;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}
