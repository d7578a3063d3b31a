using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Storage;

namespace Nabla.Cli;

/// <summary>The folder of one run: the best and the last model, the metrics of each epoch, the settings, and where to go on. It is locked while one has it.</summary>
internal sealed class RunFolder : IDisposable
{
    private static readonly JsonSerializerOptions indented = new() { WriteIndented = true };

    private readonly RunLock hold;

    private RunFolder(string path, RunLock hold) => (FullPath, this.hold) = (path, hold);

    public string FullPath { get; }

    /// <summary>The path as one would type it here.</summary>
    public string Shown => Path.GetRelativePath(".", FullPath) is var relative && !relative.StartsWith("..", StringComparison.Ordinal) ? relative : FullPath;

    public string Best => Path.Combine(Shown, "best.safetensors");

    public string Last => Path.Combine(Shown, "last.safetensors");

    public string Checkpoint => Path.Combine(Shown, "checkpoint.safetensors");

    public string Config => Path.Combine(Shown, "config.json");

    /// <summary>Makes the folder that is asked for, which must be new or empty; else a new one under <c>runs/</c>.</summary>
    public static RunFolder Create(string? wanted, TrainSettings settings)
    {
        if (wanted is not null && File.Exists(wanted))
            throw new ArgumentException($"--out {wanted} is a file, but a folder is expected. Choose another name.");
        var folder = wanted is null ? NewFolder(settings.NetworkName) : TryMake(Path.GetFullPath(wanted)) ?? throw NotEmpty(wanted);
        var config = settings.ToJson();
        config["nabla"] = typeof(Network).Assembly.GetName().Version!.ToString(3);
        folder.WriteConfig(config);
        return folder;
    }

    /// <summary>The folder of a run that was begun before.</summary>
    /// <exception cref="ArgumentException">There is none, or another process has it.</exception>
    public static RunFolder Open(string path)
    {
        if (!Directory.Exists(path))
            throw new ArgumentException($"--resume {path} is no folder. Give the folder of a run, such as runs/classic-001.");
        var config = Path.Combine(path, "config.json");
        if (!File.Exists(config))
            throw new ArgumentException($"--resume {path} is not the folder of a run: there is no {config}. Give one that 'train' has made; if it was ended before it had learned anything, begin anew.");
        return RunLock.TryTake(path) is { } hold
            ? new(Path.GetFullPath(path), hold)
            : throw new ArgumentException($"The run in {path} is in use: another process trains it. Wait for its end, or stop it first.");
    }

    /// <summary>Writes config.json.</summary>
    public void WriteConfig(JsonObject config) => Write("config.json", config.ToJsonString(indented) + "\n");

    public void WriteMetrics(IEnumerable<EpochFigures> epochs)
    {
        var text = new StringBuilder("epoch,train_loss,validation_loss,validation_accuracy,learning_rate,seconds\n");
        foreach (var e in epochs)
            text.Append($"{e.Number},{e.TrainLoss:R},{e.ValidationLoss:R},{e.Accuracy:R},{e.LearningRate:R},{e.Seconds:F4}\n");
        Write("metrics.csv", text.ToString());
    }

    public void Dispose() => hold.Dispose();

    private static ArgumentException NotEmpty(string wanted) => new(
        $"The folder {wanted} is not empty, and nothing is overwritten. Choose another --out, or remove the folder first" +
        $"{(File.Exists(Path.Combine(wanted, "config.json")) ? $"; or go on with the run in it: --resume {wanted}" : "")}.");

    /// <summary>A folder of its own for a run; null if something is in it, or another process has it.</summary>
    private static RunFolder? TryMake(string path)
    {
        if (Directory.Exists(path) && !RunLock.IsAsGoodAsEmpty(path))
            return null;
        try
        {
            DiskFolder.Create(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The folder {path} for the run cannot be made. {e.Message} Choose a place that may be written to, with --out.", e);
        }
        var hold = RunLock.TryTake(path);
        if (hold is not null && RunLock.IsAsGoodAsEmpty(path))      // another may have had it, and be done with it
            return new(path, hold);
        hold?.Dispose();
        return null;
    }

    private void Write(string name, string text) =>
        AtomicFile.Write(Path.Combine(FullPath, name), stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>runs/classic-001, or the first number that is free. To lock a folder is to own it.</summary>
    private static RunFolder NewFolder(string network)
    {
        for (var number = 1; ; number++)
        {
            var path = Path.GetFullPath(Path.Combine("runs", $"{network}-{number:D3}"));
            if (!Path.Exists(path) && TryMake(path) is { } folder)
                return folder;
        }
    }
}
