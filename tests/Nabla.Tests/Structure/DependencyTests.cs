using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Nabla.Tests.Structure;

/// <summary>
/// The plan of the house, held against the sources and the compiled library: which room may use which, and what lives
/// in the kernels alone.
/// </summary>
/// <remarks>A room is a folder below <c>src/Nabla</c>. The folder is read from the sources, whatever the namespace.</remarks>
public sealed partial class DependencyTests
{
    /// <summary>
    /// Each room, and the rooms that it may use. A folder belongs to the nearest folder above it that has a line here,
    /// so a new folder directly in <c>src/Nabla</c> needs one. Arrows go one way: there is no circle.
    /// </summary>
    private static readonly Dictionary<string, string[]> mayUse = new()
    {
        ["Algebra/Formulas"] = [],
        ["Text"] = [],
        ["Files/Storage"] = [],
        ["Kernels"] = ["Algebra/Formulas"],
        ["Algebra"] = ["Kernels", "Algebra/Formulas"],
        ["State"] = ["Algebra"],
        ["Parameters"] = ["Algebra", "State"],
        ["Layers"] = ["Parameters", "State", "Algebra", "Algebra/Formulas"],
        ["Layers/Activations"] = ["Layers", "Parameters", "Algebra", "Algebra/Formulas"],
        ["Losses"] = ["Algebra", "Algebra/Formulas"],
        ["Optimizers"] = ["Parameters", "State", "Algebra", "Algebra/Formulas"],
        ["Data"] = ["State", "Algebra", "Algebra/Formulas", "Files/Storage", "Text"],
        ["Evaluation"] = ["Data", "Layers", "Layers/Activations", "Losses", "Parameters", "State", "Algebra"],
        ["Training"] =
        [
            "Evaluation", "Data", "Layers", "Layers/Activations", "Losses", "Optimizers", "Parameters", "State",
            "Algebra", "Algebra/Formulas", "Text",
        ],
        ["Doctor"] =
        [
            "Training", "Evaluation", "Data", "Layers", "Layers/Activations", "Losses", "Optimizers", "Parameters",
            "State", "Algebra",
        ],
        ["Inspection"] =
        [
            "Training", "Evaluation", "Data", "Layers", "Layers/Activations", "Losses", "Optimizers", "Parameters",
            "State", "Algebra",
        ],
        ["Parsing"] =
        [
            "Training", "Evaluation", "Data", "Layers", "Layers/Activations", "Losses", "Optimizers", "Parameters",
            "State", "Algebra", "Text",
        ],
        ["Files"] =
        [
            "Parsing", "Training", "Evaluation", "Data", "Layers", "Losses", "Optimizers", "Parameters", "State",
            "Algebra", "Files/Storage", "Text",
        ],
    };

    /// <summary>Files that stand directly in <c>src/Nabla</c>, and folders that belong to another room than the one above them.</summary>
    private static readonly Dictionary<string, string> roomOfPlace = new()
    {
        ["Network.cs"] = "Layers",
        ["Compute.cs"] = "Algebra",
    };

    /// <summary>Uses that go against the plan, and why.</summary>
    private static readonly (string From, string To, string Reason)[] exceptionalUses =
    [
        ("RandomGenerator", "State", "random numbers are part of what a training remembers"),

        // Kernels, used outside Algebra.
        ("Data.NumberInputs", "Kernels.ZeroMap", "finds the zeros of an example while it copies it into a batch"),
        ("Data.ImageInputs", "Kernels.Images", "scales and prefetches bytes: images stay bytes until they enter a batch"),
        ("Data.Augmenter", "Kernels", "distorts images of bytes: resampling is not an operation on matrices"),
        ("Data.ImageFolder", "Kernels.Workers", "reads files on all threads"),
        ("Data.DigitGenerator", "Kernels.Workers", "draws digits on all threads"),
        ("Batches", "Kernels", "prepares the next batch on a second thread, where that is faster"),
    ];

    /// <summary>What outside the kernels may use of threads, types or whole namespaces, and why.</summary>
    private static readonly (string Type, string[] Uses)[] exceptions =
    [
        ("Nabla.PassPool", ["System.Threading.Interlocked", "System.Threading.Volatile"]),    // lends passes to many threads, starts none
        ("Nabla.Data.DataSource", ["System.Threading.Tasks"]),                                // awaits downloads
        ("Nabla.Data.Downloader", ["System.Threading.Tasks", "System.Threading.CancellationTokenSource", "System.Threading.Timeout"]),
    ];

    private static readonly Dictionary<string, string> rooms = ReadRooms();

    private static readonly Assembly library = typeof(Network).Assembly;

    private static IEnumerable<Type> OwnTypes => library.GetTypes().Where(type => IsOwn(type) && !type.IsNested);

    [Fact]
    public void Every_type_has_its_room()
    {
        foreach (var type in OwnTypes)
            Assert.True(
                mayUse.ContainsKey(RoomOf(type)),
                $"{type.FullName} is in no known room. Give its folder a line in {nameof(DependencyTests)}.{nameof(mayUse)}.");
    }

    [Fact]
    public void The_plan_has_no_circle()
    {
        var built = new HashSet<string>();
        while (built.Count < mayUse.Count)
        {
            var next = mayUse
                .Where(room => !built.Contains(room.Key) && room.Value.All(built.Contains))
                .Select(room => room.Key)
                .ToArray();
            Assert.NotEmpty(next);
            built.UnionWith(next);
        }
    }

    [Fact]
    public void Arrows_go_one_way()
    {
        var wrong = new SortedSet<string>(StringComparer.Ordinal);
        var needed = new HashSet<(string, string)>();
        foreach (var type in OwnTypes)
            foreach (var used in UsedTypes(type).Where(IsOwn).Select(Outermost))
            {
                string room = RoomOf(type), other = RoomOf(used);
                if (other == room || mayUse[room].Contains(other))
                    continue;
                if (exceptionalUses.FirstOrDefault(e => Matches(e.From, type) && Matches(e.To, used)) is { Reason: not null } exception)
                    needed.Add((exception.From, exception.To));
                else
                    wrong.Add($"{Name(type)} ({room}) uses {Name(used)} ({other})");
            }
        AssertNone(wrong, "Arrows go one way: Cli → Doctor, Inspection, Files, Parsing → Training → … → Algebra → Kernels.");
        AssertNone(
            exceptionalUses.Where(e => !needed.Contains((e.From, e.To))).Select(e => $"{e.From} → {e.To}"),
            "These exceptions are not needed any more. Take them out of the list.");
    }

    [Fact]
    public void Pointers_intrinsics_and_threads_live_in_the_kernels_alone()
    {
        var wrong = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var type in OwnTypes.Where(type => RoomOf(type) != "Kernels"))
        {
            var allowed = exceptions.Where(e => e.Type == type.FullName).SelectMany(e => e.Uses).ToHashSet();
            foreach (var used in UsedTypes(type))
                if (BelongsInKernels(used) && !allowed.Contains(used.FullName ?? "") && !allowed.Contains(used.Namespace ?? ""))
                    wrong.Add($"{type.FullName} uses {used}");
        }
        AssertNone(wrong, "Pointers, intrinsics and threads belong into Nabla.Kernels.");
    }

    /// <summary>A kernel that is inlined into its caller shares the caller's budget for inlining; where that ends, each operation on sixteen lanes becomes a call.</summary>
    [Fact]
    public void Kernels_that_are_fully_optimised_are_compiled_on_their_own() => AssertNone(
        library.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => (method.MethodImplementationFlags & (MethodImplAttributes.AggressiveOptimization | MethodImplAttributes.NoInlining)) == MethodImplAttributes.AggressiveOptimization)
            .Select(method => $"{method.DeclaringType}.{method.Name}"),
        "AggressiveOptimization needs NoInlining beside it.");

    [Fact]
    public void Native_functions_are_called_to_flush_a_folder_alone() => AssertNone(
        library.GetTypes()
            .Where(type => type != typeof(Nabla.Storage.DiskFolder))
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => method.Attributes.HasFlag(MethodAttributes.PinvokeImpl))
            .Select(method => $"{method.DeclaringType}.{method.Name}"),
        "The library has no native code.");

    [Fact]
    public void The_rules_find_what_they_are_to_find()
    {
        Assert.Contains(typeof(Thread), UsedTypes(typeof(Nabla.Kernels.Workers)));
        Assert.Contains(UsedTypes(typeof(Nabla.Kernels.Workers)), BelongsInKernels);
        Assert.Contains(UsedTypes(typeof(Nabla.Kernels.MatrixProduct)), type => type.IsPointer);
        Assert.Contains(UsedTypes(typeof(Nabla.Kernels.Lanes512)), type => type.Namespace == "System.Runtime.Intrinsics.X86");
        Assert.Contains(typeof(Nabla.Formulas.Functions), UsedTypes(typeof(Nabla.Sigmoid)));      // in a generic method of a struct within
        Assert.Contains(typeof(Nabla.Optimizer), UsedTypes(typeof(Nabla.Trainer)));
        Assert.DoesNotContain(typeof(Nabla.Layer), UsedTypes(typeof(Nabla.Matrix)));
    }

    [Fact]
    public void Every_class_is_sealed_abstract_or_static() => AssertNone(
        library.GetTypes().Where(type => IsOwn(type) && type.IsClass && !type.IsSealed && !type.IsAbstract).Select(type => type.FullName!),
        "A class is made to be derived from (abstract), or not (sealed).");

    [Fact]
    public void The_library_uses_nothing_but_NET_itself() => AssertNone(
        library.GetReferencedAssemblies()
            .Where(name => !Assembly.Load(name).Location.StartsWith(RuntimeEnvironment.GetRuntimeDirectory(), StringComparison.Ordinal))
            .Select(name => name.Name!),
        "The library has no dependency.");

    // Not void*: safe code names it too, since a span over stackalloc or over text in UTF-8 is made from one.
    private static bool BelongsInKernels(Type type) =>
        (type.IsPointer && type != typeof(void*)) || type.IsFunctionPointer || type == typeof(Unsafe)
        || type.Namespace is "System.Runtime.Intrinsics" or "System.Runtime.Intrinsics.X86" or "System.Runtime.Intrinsics.Arm" or "System.Threading.Tasks"
        || (type.Namespace is "System.Threading" && type != typeof(CancellationToken));

    private static IEnumerable<Type> UsedTypes(Type type) => References.Of(type).OfType<Type>();

    /// <summary>Written by us, not by the compiler.</summary>
    private static bool IsOwn(Type type) =>
        type.Assembly == library && Outermost(type).Namespace is { } name && (name == "Nabla" || name.StartsWith("Nabla.", StringComparison.Ordinal))
        && !type.IsGenericParameter && !type.Name.StartsWith('<');

    private static string RoomOf(Type type) => rooms.GetValueOrDefault(Name(type), "nowhere");

    /// <summary>“Nabla.Kernels.ILanes`1”: the outermost type, with its namespace.</summary>
    private static string Name(Type type) => $"{Outermost(type).Namespace}.{Outermost(type).Name}";

    /// <summary>Whether a type is the one named, or in the room of that name.</summary>
    private static bool Matches(string nameOrRoom, Type type) => RoomOf(type) == nameOrRoom || Name(type).Split('`')[0] == $"Nabla.{nameOrRoom}";

    /// <summary>The room of each type, from the folder of the source file that declares it.</summary>
    private static Dictionary<string, string> ReadRooms()
    {
        var root = Path.Combine(PublicApiTests.Root(), "src", "Nabla");
        var found = new Dictionary<string, string>();
        foreach (var file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories))
        {
            var place = Path.GetRelativePath(root, file).Replace('\\', '/');
            if (place.StartsWith("bin/", StringComparison.Ordinal) || place.StartsWith("obj/", StringComparison.Ordinal))
                continue;
            var text = File.ReadAllText(file);
            var space = NamespaceLine().Match(text).Groups[1].Value;
            foreach (Match type in TypeLine().Matches(text))
            {
                var arity = type.Groups["parameters"] is { Success: true, Value: var list } ? $"`{list.Count(c => c == ',') + 1}" : "";
                found[$"{space}.{type.Groups["name"].Value}{arity}"] = RoomOf(place);
            }
        }
        return found;
    }

    private static string RoomOf(string place)
    {
        for (var folder = place; folder.Length > 0; folder = folder.Contains('/') ? folder[..folder.LastIndexOf('/')] : "")
            if (roomOfPlace.TryGetValue(folder, out var room))
                return room;
            else if (mayUse.ContainsKey(folder))
                return folder;
        return "nowhere";
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(
        @"^(?:public |internal )(?:\w+ )*?(?:class|struct|interface|enum|record struct|record|delegate \w+) (?<name>\w+)(?:<(?<parameters>[^>]*)>)?",
        RegexOptions.Multiline)]
    private static partial Regex TypeLine();

    private static Type Outermost(Type type)
    {
        while (type.HasElementType)
            type = type.GetElementType()!;
        while (type.DeclaringType is { } declaring)
            type = declaring;
        return type;
    }

    private static void AssertNone(IEnumerable<string> wrong, string rule)
    {
        string[] all = [.. wrong];
        Assert.True(all.Length == 0, $"{rule}\n  {string.Join("\n  ", all)}");
    }
}
