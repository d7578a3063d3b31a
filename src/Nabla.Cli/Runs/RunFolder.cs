using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Storage;

namespace Nabla.Cli;

/// <summary>
/// The folder of one run: the best and the last model, the metrics of each epoch, the settings, and the checkpoint. The
/// process that opens it locks it.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    private static readonly JsonSerializerOptions indented = new() { WriteIndented = true };

    private readonly RunLock hold;

    private RunFolder(string path, RunLock hold) => (FullPath, this.hold) = (path, hold);

    public string FullPath { get; }

    /// <summary>The path as it is typed here: relative if it is below the current folder.</summary>
    public string Shown
    {
        get
        {
            var relative = Path.GetRelativePath(".", FullPath);
            return relative.StartsWith("..", StringComparison.Ordinal) ? FullPath : relative;
        }
    }

    public string Best => Path.Combine(Shown, "best.safetensors");

    public string Last => Path.Combine(Shown, "last.safetensors");

    public string Checkpoint => Path.Combine(Shown, "checkpoint.safetensors");

    public string Config => Path.Combine(Shown, "config.json");

    /// <summary>Makes the wanted folder, which must be new or empty; if null, a new one under <c>runs/</c>.</summary>
    public static RunFolder Create(string? wanted, TrainSettings settings)
    {
        if (wanted is not null && File.Exists(wanted))
            throw new ArgumentException($"--out {wanted} is a file, but a folder is expected. Choose another name.");
        var folder = wanted is null
            ? NewFolder(settings.NetworkName)
            : TryMake(Path.GetFullPath(wanted)) ?? throw NotEmpty(wanted);
        var config = settings.ToJson();
        config["nabla"] = typeof(Network).Assembly.GetName().Version!.ToString(3);
        folder.WriteConfig(config);
        return folder;
    }

    /// <summary>Opens the folder of an existing run.</summary>
    /// <exception cref="ArgumentException">It is not the folder of a run, or another process uses it.</exception>
    public static RunFolder Open(string path)
    {
        if (!Directory.Exists(path))
            throw new ArgumentException(
                $"--resume {path} is not a folder. Give the folder of a run, such as runs/classic-001.");
        var config = Path.Combine(path, "config.json");
        if (!File.Exists(config))
            throw new ArgumentException(
                $"--resume {path} is not the folder of a run: there is no {config}. Give a folder that 'train' has " +
                "made. If the run was ended before it had learned anything, start a new one.");
        return RunLock.TryTake(path) is { } hold
            ? new(Path.GetFullPath(path), hold)
            : throw new ArgumentException(
                $"The run in {path} is in use: another process trains it. Wait until it ends, or stop it first.");
    }

    /// <summary>Writes config.json.</summary>
    public void WriteConfig(JsonObject config) => Write("config.json", config.ToJsonString(indented) + "\n");

    public void WriteMetrics(IEnumerable<EpochFigures> epochs)
    {
        var text = new StringBuilder("epoch,train_loss,validation_loss,validation_accuracy,learning_rate,seconds\n");
        foreach (var e in epochs)
            text.Append(
                $"{e.Number},{e.TrainLoss:R},{e.ValidationLoss:R},{e.Accuracy:R},{e.LearningRate:R},{e.Seconds:F4}\n");
        Write("metrics.csv", text.ToString());
    }

    public void Dispose() => hold.Dispose();

    private static ArgumentException NotEmpty(string wanted)
    {
        var isRun = File.Exists(Path.Combine(wanted, "config.json"));
        return new(
            $"The folder {wanted} is not empty, and nothing is overwritten. Choose another --out, or remove the " +
            $"folder first{(isRun ? $"; or resume the run in it: --resume {wanted}" : "")}.");
    }

    /// <summary>Makes and locks a folder for a run; null if it is not empty, or another process uses it.</summary>
    private static RunFolder? TryMake(string path)
    {
        if (Directory.Exists(path) && !RunLock.IsEmptyFolder(path))
            return null;
        try
        {
            DiskFolder.Create(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"The folder {path} for the run cannot be made. {e.Message} Choose a writable folder with --out.", e);
        }
        var hold = RunLock.TryTake(path);
        if (hold is not null && RunLock.IsEmptyFolder(path))        // again: another process may have used it meanwhile
            return new(path, hold);
        hold?.Dispose();
        return null;
    }

    private void Write(string name, string text) =>
        AtomicFile.Write(Path.Combine(FullPath, name), stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>
    /// Makes runs/classic-001, or the first number that is free. A process owns the folder that it has locked.
    /// </summary>
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
