using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Nabla.Tests.Structure;

/// <summary>The plan of the house, held against the compiled library: who may use whom, and what lives in the kernels alone.</summary>
public sealed class DependencyTests
{
    /// <summary>Each room, and the rooms that it may use. A new namespace gets a line here. Arrows go one way, so there is no circle.</summary>
    private static readonly Dictionary<string, string[]> mayUse = new()
    {
        ["Kernels"] = [],
        ["Text"] = [],
        ["Storage"] = [],
        ["Algebra"] = ["Kernels"],
        ["Layers"] = ["Algebra", "Kernels", "Text"],
        ["Losses"] = ["Algebra", "Kernels", "Text"],
        ["Optimizers"] = ["Layers", "Algebra", "Kernels", "Text"],
        ["Data"] = ["Algebra", "Kernels", "Text", "Storage"],
        ["Training"] = ["Data", "Layers", "Losses", "Optimizers", "Algebra", "Kernels", "Text"],
        ["Files"] = ["Training", "Data", "Layers", "Losses", "Optimizers", "Algebra", "Kernels", "Text", "Storage"],
    };

    /// <summary>The types directly in the namespace Nabla, and the room that each belongs to.</summary>
    private static readonly Dictionary<string, string> roomOfRootType = new() { ["Network"] = "Layers", ["Compute"] = "Algebra" };

    /// <summary>What outside the kernels may use of threads, types or whole namespaces, and why.</summary>
    private static readonly (string Type, string[] Uses)[] exceptions =
    [
        ("Nabla.Layers.PassPool", ["System.Threading.Interlocked", "System.Threading.Volatile"]),    // lends passes to many threads, starts none
        ("Nabla.Data.DataSource", ["System.Threading.Tasks"]),                                       // awaits downloads
        ("Nabla.Data.Downloader", ["System.Threading.Tasks", "System.Threading.CancellationTokenSource", "System.Threading.Timeout"]),
    ];

    private static readonly Assembly library = typeof(Network).Assembly;

    private static IEnumerable<Type> OwnTypes => library.GetTypes().Where(type => IsOwn(type) && !type.IsNested);

    [Fact]
    public void Every_namespace_has_its_place_in_the_house()
    {
        foreach (var type in OwnTypes)
            Assert.True(
                RoomOf(type) is { } room && mayUse.ContainsKey(room),
                $"{type.FullName} is in no known room. Give its namespace a line in {nameof(DependencyTests)}.{nameof(mayUse)}, or its name one in {nameof(roomOfRootType)}.");
    }

    [Fact]
    public void The_plan_has_no_circle()
    {
        var built = new HashSet<string>();
        while (built.Count < mayUse.Count)
        {
            var next = mayUse.Where(room => !built.Contains(room.Key) && room.Value.All(built.Contains)).Select(room => room.Key).ToArray();
            Assert.NotEmpty(next);
            built.UnionWith(next);
        }
    }

    [Fact]
    public void Arrows_go_one_way()
    {
        var wrong = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var type in OwnTypes)
        {
            var room = RoomOf(type) ?? "";
            foreach (var used in UsedTypes(type).Where(IsOwn))
                if (RoomOf(used) is { } other && other != room && !mayUse.GetValueOrDefault(room, []).Contains(other))
                    wrong.Add($"{type.FullName} ({room}) uses {used.FullName} ({other})");
        }
        AssertNone(wrong, "Arrows go one way: Cli → Training → Layers, Losses, Optimizers → Algebra → Kernels.");
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
        Assert.Contains(typeof(Nabla.Kernels.Functions), UsedTypes(typeof(Nabla.Layers.Sigmoid)));      // in a generic method of a struct within
        Assert.Contains(typeof(Nabla.Optimizers.Optimizer), UsedTypes(typeof(Nabla.Training.Trainer)));
        Assert.DoesNotContain(typeof(Nabla.Layers.Layer), UsedTypes(typeof(Nabla.Algebra.Matrix)));
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

    private static string? RoomOf(Type type)
    {
        var outer = Outermost(type);
        return outer.Namespace == "Nabla" ? roomOfRootType.GetValueOrDefault(outer.Name) : outer.Namespace!.Split('.')[1];
    }

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
