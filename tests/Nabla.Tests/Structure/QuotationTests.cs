namespace Nabla.Tests.Structure;

/// <summary>The code on the page docs/how-it-is-fast.md is in the program that measures it.</summary>
public sealed class QuotationTests
{
    [Fact]
    public void The_page_quotes_the_program()
    {
        var root = PublicApiTests.Root();
        var program = Joined(File.ReadLines(Path.Combine(root, "benchmarks", "Nabla.Steps", "ProductSteps.cs")));
        var quotations = Quotations(File.ReadLines(Path.Combine(root, "docs", "how-it-is-fast.md")));
        Assert.NotEmpty(quotations);
        Assert.All(quotations, quotation => Assert.Contains(quotation, program, StringComparison.Ordinal));
    }

    private static List<string> Quotations(IEnumerable<string> lines)
    {
        List<string> found = [];
        List<string>? open = null;
        foreach (var line in lines)
            if (open is null)
                open = line == "```csharp" ? [] : null;
            else if (line != "```")
                open.Add(line);
            else
            {
                found.Add(Joined(open));
                open = null;
            }
        return found;
    }

    /// <summary>The lines without their indentation, which differs on the page.</summary>
    private static string Joined(IEnumerable<string> lines) => string.Join('\n', lines.Select(line => line.Trim()));
}
