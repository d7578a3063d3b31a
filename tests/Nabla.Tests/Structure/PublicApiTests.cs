using System.Reflection;
using System.Runtime.CompilerServices;

namespace Nabla.Tests.Structure;

/// <summary>What the library offers is changed on purpose or not at all: it is written down in PublicApi.txt.</summary>
public sealed class PublicApiTests
{
    private const string Update = "NABLA_UPDATE_API";
    private const int MostTypes = 125;

    [Fact]
    public void The_library_offers_what_is_written_down()
    {
        var file = Path.Combine(Root(), "tests", "Nabla.Tests", "Structure", "PublicApi.txt");
        string[] offered = [.. PublicApi.Of(typeof(Network).Assembly)];
        if (Environment.GetEnvironmentVariable(Update) == "1")
            File.WriteAllText(file, string.Join('\n', offered) + "\n");
        string[] written = File.Exists(file) ? File.ReadAllLines(file) : [];

        string[] now = [.. WithTypes(offered)], before = [.. WithTypes(written)];
        string[] difference =
        [
            .. before.Except(now).Select(line => "- " + line),
            .. now.Except(before).Select(line => "+ " + line),
        ];
        Assert.True(
            difference.Length == 0,
            $"The public API is not what {file} says:\n{string.Join('\n', difference)}\n" +
            $"If that is meant, run the tests with {Update}=1, which writes the file anew, and commit it.");
    }

    [Fact]
    public void The_library_has_few_public_types()
    {
        var count = typeof(Network).Assembly.GetTypes().Count(References.IsPublic);
        Assert.True(
            count <= MostTypes,
            $"The library has {count} public types, nested ones included, but at most {MostTypes} are allowed. " +
            "Make a type internal or merge two. If the new type is worth it, raise the limit and explain why in the " +
            "commit.");
    }

    [Fact]
    public void Only_the_tests_see_internals_of_the_library() => Assert.Equal(
        ["Nabla.Tests"],
        typeof(Network).Assembly
            .GetCustomAttributes<InternalsVisibleToAttribute>()
            .Select(friend => friend.AssemblyName));

    /// <summary>Each member with the type that it belongs to, so that a difference can be understood alone.</summary>
    private static IEnumerable<string> WithTypes(IEnumerable<string> lines)
    {
        var type = "";
        foreach (var line in lines)
        {
            var isMember = line.StartsWith(' ');
            if (!isMember)
                type = line.Split(" : ")[0].Split(' ')[^1];
            yield return isMember ? $"{type}: {line.Trim()}" : line;
        }
    }

    /// <summary>The root of the repository.</summary>
    internal static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Nabla.slnx")))
                return folder.FullName;
        throw new DirectoryNotFoundException($"There is no Nabla.slnx above {AppContext.BaseDirectory}.");
    }
}
