using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Nabla.Data;
using Nabla.Kernels;
using Nabla.Tests.Structure;

namespace Nabla.Tests.Recorded;

/// <summary>
/// Small trainings whose every byte is written down, in recorded-runs.json. Whatever is rebuilt in the library, they
/// stay as they are. Three checkpoints from the middle of them are kept too: later versions must go on from there to
/// the same end.
/// </summary>
[Collection(Machine.Name)]
public sealed partial class RecordedRunTests : MachineTests
{
    private const string Update = "NABLA_UPDATE_RECORDED";

    private const string Again =
        $"If that is meant, record again by benchmarks/record-runs --update (or run these tests with {Update}=1), " +
        "look at what has changed, and commit it with the reason.";

    private static readonly string folder = Path.Combine(PublicApiTests.Root(), "tests", "Nabla.Tests", "Recorded");
    private static readonly string recordsFile = Path.Combine(folder, "recorded-runs.json");
    private static readonly bool updates = Environment.GetEnvironmentVariable(Update) == "1";
    private static readonly Lazy<Dictionary<string, RunRecord>> records = new(() => updates ? RecordAll() : Load());

    public static TheoryData<string> Names => [.. RecordedRuns.All.Select(run => run.Name)];

    public static TheoryData<string> Kept =>
        [.. RecordedRuns.All.Where(run => run.KeptAt is not null).Select(run => run.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_run_gives_the_bytes_that_were_recorded(string name)
    {
        var run = Find(name);
        var recorded = Recorded(name);
        foreach (var set in Machine.Available)
            foreach (var threads in (ReadOnlySpan<int>)[1, 2])
            {
                (Processor.Current, Compute.Threads) = (set, threads);
                AssertSame(recorded, run.Train(), epochsBefore: 0, $"Run '{name}' on {set} with {threads} thread(s)");
            }
    }

    [Theory]
    [MemberData(nameof(Kept))]
    public void Resumed_from_the_kept_checkpoint_a_run_ends_with_the_recorded_bytes(string name)
    {
        var run = Find(name);
        var recorded = Recorded(name);
        var file = KeptFile(run);
        foreach (var set in Machine.Available)
            foreach (var threads in (ReadOnlySpan<int>)[1, 2])
            {
                (Processor.Current, Compute.Threads) = (set, threads);
                var checkpoint = CheckpointFile.Load(file);
                Assert.Equal(run.KeptAt, (checkpoint.Epoch, checkpoint.Step));
                AssertSame(
                    recorded, run.Train(checkpoint), epochsBefore: checkpoint.Epoch - 1,
                    $"Run '{name}', resumed from {file} on {set} with {threads} thread(s),");
            }
    }

    /// <summary>Bytes are not compared: a checkpoint says how many seconds have passed.</summary>
    [Theory]
    [MemberData(nameof(Kept))]
    public void A_checkpoint_of_today_holds_what_the_kept_one_holds(string name)
    {
        using var temporary = new TemporaryFolder();
        var run = Find(name);
        var file = KeptFile(run);
        CheckpointFile.Save(run.TakeCheckpoint(), temporary.At("checkpoint"));
        string[] before = [.. Content(file)], now = [.. Content(temporary.At("checkpoint"))];
        string[] difference =
            [.. before.Except(now).Select(entry => "- " + entry), .. now.Except(before).Select(entry => "+ " + entry)];
        Assert.True(
            difference.Length == 0,
            $"A checkpoint of run '{name}' does not hold what {file} holds:\n{string.Join('\n', difference)}\n{Again}");
    }

    [Fact]
    public void Every_layer_loss_optimizer_schedule_and_distortion_is_in_a_recorded_run()
    {
        string[] missing =
        [
            .. Missing<Layer>(run => run.NewLayers().SelectMany(WithInner)),
            .. Missing<Loss>(run => [Parse.Loss(run.Loss)]),
            .. Missing<Optimizer>(run => [run.Optimizer()]),
            .. Missing<Schedule>(run => [run.Options.Schedule]),
            .. Missing<Augmentation>(run => [run.Options.Augmentation]),
            .. Missing<RandomDistortion>(run => run.Options.Augmentation?.Distortions ?? []),
            .. MissingSchedules(),
        ];
        Assert.True(
            missing.Length == 0,
            $"In no recorded run is: {string.Join(", ", missing)}. Add a new run to {nameof(RecordedRuns)}, " +
            "and record it by benchmarks/record-runs --update. The hashes of the other runs must stay as they are.");
    }

    [Fact]
    public void Whatever_a_training_can_be_told_is_told_to_a_recorded_one()
    {
        var usual = new TrainingOptions();
        Assert.Empty(typeof(TrainingOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => !typeof(Delegate).IsAssignableFrom(property.PropertyType))
            .Where(property => RecordedRuns.All.All(
                run => Equals(property.GetValue(run.AllOptions), property.GetValue(usual))))
            .Select(property => property.Name));
        Assert.Contains(RecordedRuns.All, run => run.Data.Value.Train.Count % run.Options.BatchSize != 0);
        Assert.Contains(RecordedRuns.All, run => run.KeptAt is (_, > 0));
        Assert.Contains(RecordedRuns.All, run => run.Options.EarlyStopping is { RestoresBest: true }
            && Recorded(run.Name).Epochs.Count < run.Options.Epochs);
    }

    [Fact]
    public void What_is_recorded_belongs_to_a_run()
    {
        Assert.Equal(RecordedRuns.All.Select(run => run.Name).Order(), records.Value.Keys.Order());
        Assert.Equal(
            RecordedRuns.All.Where(run => run.KeptAt is not null).Select(run => Path.GetFileName(PathOf(run))).Order(),
            Directory.GetFiles(folder, "*.checkpoint").Select(path => Path.GetFileName(path)).Order());
    }

    private static RecordedRun Find(string name) => RecordedRuns.All.Single(run => run.Name == name);

    private static RunRecord Recorded(string name) => records.Value.TryGetValue(name, out var record)
        ? record
        : throw new InvalidOperationException($"Run '{name}' is not in {recordsFile}. {Again}");

    private static Dictionary<string, RunRecord> Load() => File.Exists(recordsFile) ? RunRecord.Load(recordsFile) : [];

    /// <summary>Trains all runs once, and writes down what they come to. The tests compare.</summary>
    private static Dictionary<string, RunRecord> RecordAll()
    {
        var all = RecordedRuns.All.ToDictionary(run => run.Name, run => run.Train());
        RunRecord.Save(all, recordsFile);
        foreach (var run in RecordedRuns.All.Where(run => run.KeptAt is not null))
            CheckpointFile.Save(run.TakeCheckpoint(), PathOf(run));
        return all;
    }

    private static string PathOf(RecordedRun run) => Path.Combine(folder, $"{run.Name}.checkpoint");

    /// <summary>The kept checkpoint of a run. If it is not there, it is written, but not without a word.</summary>
    private static string KeptFile(RecordedRun run)
    {
        _ = records.Value;                              // which writes it, if all is to be recorded again
        var file = PathOf(run);
        if (!File.Exists(file))
        {
            CheckpointFile.Save(run.TakeCheckpoint(), file);
            Assert.Fail(
                $"The kept checkpoint {file} was not there. It has been written by the library as it is now: " +
                "restore the old one, or commit it.");
        }
        return file;
    }

    private static void AssertSame(RunRecord recorded, RunRecord now, int epochsBefore, string what)
    {
        if (recorded.DifferenceTo(now, epochsBefore) is { } difference)
            Assert.Fail($"{what} is not what was recorded, first in {difference}. {Again}");
    }

    /// <summary>The tensors with their shapes, the keys of the metadata, and the keys of the lists in it.</summary>
    private static IEnumerable<string> Content(string file)
    {
        var content = Safetensors.Load(file);
        foreach (var tensor in content.Tensors)
            yield return $"tensor {tensor.Name} [{string.Join(", ", tensor.Shape)}]";
        foreach (var (key, text) in content.Metadata)
        {
            yield return key;
            using var value = JsonDocument.Parse(text);
            if (value.RootElement.ValueKind == JsonValueKind.Object)
                foreach (var entry in value.RootElement.EnumerateObject())
                    yield return $"{key}: {entry.Name}";
        }
    }

    private static IEnumerable<Layer> WithInner(Layer layer) => [layer, .. layer.Inner.SelectMany(WithInner)];

    /// <summary>The types of that kind which the library offers, and no run has.</summary>
    private static IEnumerable<string> Missing<T>(Func<RecordedRun, IEnumerable<T?>> inRun) where T : class =>
        typeof(Network).Assembly.GetTypes()
            .Where(type => !type.IsAbstract && typeof(T).IsAssignableFrom(type))
            .Except(RecordedRuns.All.SelectMany(inRun).OfType<T>().Select(part => part.GetType()))
            .Select(type => type.Name);

    /// <summary>
    /// The members of <see cref="Schedule"/> that make one, and that no run has. A schedule is told by the first word
    /// of its text: <see cref="Schedule.OneCycle"/> by “one-cycle”, <see cref="Schedule.CosineTo"/> by “cosine”, like
    /// <see cref="Schedule.Cosine"/>, and <see cref="Schedule.WarmupShare"/> by “warmup”.
    /// </summary>
    private static IEnumerable<string> MissingSchedules()
    {
        var parts = RecordedRuns.All.SelectMany(run => run.Options.Schedule.Name.Split(" then "));
        HashSet<string> words = [.. parts.Select(part => part.Split(' ')[0])];
        return typeof(Schedule).GetMembers(BindingFlags.Public | BindingFlags.Static)
            .Where(member => member is PropertyInfo { PropertyType: var type } ? type == typeof(Schedule)
                : member is MethodInfo { IsSpecialName: false, ReturnType: var made } && made == typeof(Schedule))
            .Select(member => member.Name)
            .Where(name => InWords(name) is var text
                && !words.Any(word => text == word || text == $"{word}-to" || text == $"{word}-share"))
            .Select(name => $"{nameof(Schedule)}.{name}");
    }

    /// <summary>“OneCycle” as “one-cycle”.</summary>
    private static string InWords(string name) => Capital().Replace(name, "-$0").ToLowerInvariant();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Capital();
}
