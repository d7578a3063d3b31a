using System.Text.RegularExpressions;

namespace Nabla.Tests.Structure;

/// <summary>docs/toolkit.md names every building block, and its spellings can be parsed.</summary>
public sealed partial class ToolkitPageTests
{
    private static readonly string page = File.ReadAllText(Path.Combine(PublicApiTests.Root(), "docs", "toolkit.md"));

    /// <summary>Settings that have their own row beside the layer that they belong to.</summary>
    private static readonly string[] settings = ["stride", "padding", "same", "dilation", "groups", "no-bias"];

    public static TheoryData<string> Names =>
    [
        .. Parse.LayerNames,
        .. Parse.LossNames,
        .. Parse.ScheduleNames,
        .. Parse.AugmentationNames,
        .. Parse.AugmentationPresets,
        "sgd", "adam", "adamw", "rmsprop", "muon",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_name_is_on_the_page(string name) => Assert.Contains(
        Written(), text => text == name || text.StartsWith(name + " ", StringComparison.Ordinal));

    [Fact]
    public void The_spellings_in_its_tables_can_be_parsed()
    {
        foreach (var (title, read) in new (string, Action<string>)[]
        {
            ("Layers", text => Parse.Layers(text)),
            ("Losses", text => Parse.Loss(text)),
            ("Schedules", text => Parse.Schedule(text)),
            ("Augmentation", text => Parse.Augmentation(text)),
        })
        {
            var rows = Section(title).Split('\n')
                .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
                .ToArray();
            var column = title is "Layers" or "Losses" ? 2 : 1;
            Assert.NotEmpty(rows);
            foreach (var row in rows)
                foreach (Match match in Code().Matches(row.Split('|')[column]))
                    if (match.Groups[1].Value is var text && !settings.Contains(text.Split(' ')[0]))
                        read(text);
        }
    }

    private static IEnumerable<string> Written() => Code().Matches(page).Select(match => match.Groups[1].Value);

    private static string Section(string title) => page.Split("\n## ")
        .Single(part => part.StartsWith(title + "\n", StringComparison.Ordinal));

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
