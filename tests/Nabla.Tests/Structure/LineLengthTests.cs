using System.Text.RegularExpressions;

namespace Nabla.Tests.Structure;

/// <summary>No line of code or prose is longer than 120 columns, so that two files fit side by side.</summary>
/// <remarks>
/// A column is a UTF-16 character; a tab counts as four. Excepted are the rows of markdown tables, links that no line
/// break can shorten, and pages and data that a program writes.
/// </remarks>
public sealed partial class LineLengthTests
{
    private const int Most = 120;

    private static readonly string[] folders = ["src", "lessons", "tests", "benchmarks", "docs", ".ci"];

    private static readonly string[] extensions =
        [".cs", ".md", ".py", ".sh", ".c", ".csproj", ".props", ".targets", ".slnx"];

    /// <summary>Build outputs, and pages that the benchmarks write.</summary>
    private static readonly string[] generated = ["bin", "obj", "results", "__pycache__"];

    [Fact]
    public void No_line_is_longer_than_120_columns()
    {
        var root = PublicApiTests.Root();
        string[] files =
        [
            .. Directory.GetFiles(root),
            .. folders.SelectMany(folder =>
                Directory.GetFiles(Path.Combine(root, folder), "*", SearchOption.AllDirectories)),
        ];
        string[] written = [.. files.Where(file => IsWritten(root, file)).Order(StringComparer.Ordinal)];
        string[] wrong =
        [
            .. from file in written
               from line in File.ReadLines(file).Index()
               where IsTooLong(line.Item, isMarkdown: Path.GetExtension(file) == ".md")
               select $"{Path.GetRelativePath(root, file)}:{line.Index + 1}: {Columns(line.Item)} columns",
        ];

        Assert.True(written.Length > 100, $"Only {written.Length} files were found in {root}.");
        Assert.True(
            wrong.Length == 0,
            $"{wrong.Length} lines are longer than {Most} columns. Break them.\n{string.Join('\n', wrong)}");
    }

    [Theory]
    [InlineData(120, "", false)]
    [InlineData(121, "", true)]
    [InlineData(117, "\t", true)]                                       // 117 + 4
    [InlineData(121, "| ", false)]
    [InlineData(121, "[the paper](https://", false)]
    [InlineData(121, "    // https://", false)]
    [InlineData(121, "- [the paper](../docs/", false)]
    [InlineData(121, "See [the paper](https://", false)]
    [InlineData(80, "It can be broken before the link: [the paper](https://", true)]
    public void Only_lines_that_can_be_broken_are_too_long(int letters, string start, bool isTooLong)
    {
        var end = start.Contains('(') ? ")." : "";
        Assert.Equal(isTooLong, IsTooLong(start + new string('x', letters) + end, isMarkdown: true));
    }

    [Fact]
    public void Only_markdown_has_tables() =>
        Assert.True(IsTooLong("    || " + new string('x', Most), isMarkdown: false));

    private static bool IsWritten(string root, string file)
    {
        var parts = Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar);
        return !parts.Intersect(generated).Any()
            && (extensions.Contains(Path.GetExtension(file)) || (Path.GetExtension(file) == "" && IsScript(file)));
    }

    /// <summary>Whether a file without an extension starts with <c>#!</c>.</summary>
    private static bool IsScript(string file)
    {
        using var stream = File.OpenRead(file);
        return stream.ReadByte() == '#' && stream.ReadByte() == '!';
    }

    private static bool IsTooLong(string line, bool isMarkdown) =>
        Columns(line) > Most
        && !(isMarkdown && line.TrimStart().StartsWith('|'))
        && Columns(WithoutEndlessLinks(line)) > Most;

    /// <summary>The line without the links that would be too long even on a line of their own.</summary>
    private static string WithoutEndlessLinks(string line)
    {
        var start = Start().Match(line).Length;
        return Link().Replace(line, link => start + link.Length > Most ? "" : link.Value);
    }

    private static int Columns(string line) => line.Length + 3 * line.Count(letter => letter == '\t');

    /// <summary>The indentation, with the mark of a comment, a quotation or a list.</summary>
    [GeneratedRegex(@"^[\s/#>*+-]*")]
    private static partial Regex Start();

    /// <summary>A markdown link, [text](target), or a web address, with the characters that adjoin it.</summary>
    [GeneratedRegex(@"\S*\[[^\]]*\]\([^)\s]*\)\S*|\S*https?://\S+")]
    private static partial Regex Link();
}
