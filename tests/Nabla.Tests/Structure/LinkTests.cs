using System.Text.RegularExpressions;

namespace Nabla.Tests.Structure;

/// <summary>The files that the documents link to exist.</summary>
public sealed partial class LinkTests
{
    [Fact]
    public void Every_link_to_a_file_leads_somewhere()
    {
        var root = PublicApiTests.Root();
        string[] folders = ["docs", "lessons", "benchmarks", "tests", "src"];
        string[] pages =
        [
            .. Directory.GetFiles(root, "*.md"),
            .. folders.SelectMany(folder =>
                Directory.GetFiles(Path.Combine(root, folder), "*.md", SearchOption.AllDirectories)),
        ];
        var links = pages
            .Where(page => !Path.GetRelativePath(root, page).Split(Path.DirectorySeparatorChar).Contains("bin"))
            .SelectMany(page => Link().Matches(File.ReadAllText(page))
                .Select(match => (Page: page, To: match.Groups[1].Value)))
            .ToArray();
        Assert.True(links.Length > 50);
        Assert.All(links, link => Assert.True(
            Path.Exists(Path.Combine(Path.GetDirectoryName(link.Page)!, link.To)), $"{link.Page}: {link.To}"));
    }

    /// <summary>[text](target), where the target is not a web address and not a heading of the same page.</summary>
    [GeneratedRegex(@"\]\((?!https?:|#|mailto:)([^)#\s]+)")]
    private static partial Regex Link();
}
