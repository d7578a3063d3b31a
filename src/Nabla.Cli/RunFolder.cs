using System.Text;
using System.Text.Json;
using Nabla.Storage;
using Nabla.Training;

namespace Nabla.Cli;

/// <summary>The folder of one run: the best and the last model, the metrics of each epoch, and the settings.</summary>
internal sealed class RunFolder
{
    private static readonly JsonSerializerOptions indented = new() { WriteIndented = true };

    private RunFolder(string path) => FullPath = path;

    public string FullPath { get; }

    /// <summary>The path as one would type it here.</summary>
    public string Shown => Path.GetRelativePath(".", FullPath) is var relative && !relative.StartsWith("..", StringComparison.Ordinal) ? relative : FullPath;

    public string Best => Path.Combine(Shown, "best.safetensors");

    public string Last => Path.Combine(Shown, "last.safetensors");

    /// <summary>Makes the folder that is asked for, which must be new or empty; else a new one under <c>runs/</c>.</summary>
    public static RunFolder Create(string? wanted, TrainSettings settings)
    {
        if (wanted is not null && File.Exists(wanted))
            throw new ArgumentException($"--out {wanted} is a file, but a folder is expected. Choose another name.");
        if (wanted is not null && Directory.Exists(wanted) && Directory.EnumerateFileSystemEntries(wanted).Any())
            throw new ArgumentException($"The folder {wanted} is not empty, and nothing is overwritten. Choose another --out, or remove the folder first.");
        var folder = new RunFolder(Path.GetFullPath(wanted ?? NewName(settings.NetworkName)));
        Make(folder.FullPath);
        var config = settings.ToJson();
        config["nabla"] = typeof(Network).Assembly.GetName().Version!.ToString(3);
        folder.Write("config.json", config.ToJsonString(indented) + "\n");
        return folder;
    }

    public void WriteMetrics(IEnumerable<Epoch> epochs)
    {
        var text = new StringBuilder("epoch,train_loss,validation_loss,validation_accuracy,learning_rate,seconds\n");
        foreach (var e in epochs)
            text.Append($"{e.Number},{e.TrainLoss:R},{e.Validation?.Loss:R},{e.Validation?.Accuracy:R},{e.LearningRate:R},{e.Seconds:F4}\n");
        Write("metrics.csv", text.ToString());
    }

    private static void Make(string path)
    {
        try
        {
            DiskFolder.Create(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The folder {path} for the run cannot be made. {e.Message} Choose a place that may be written to, with --out.", e);
        }
    }

    private void Write(string name, string text) =>
        AtomicFile.Write(Path.Combine(FullPath, name), stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>runs/classic-001, or the first number that is free. To create a folder is to own it.</summary>
    private static string NewName(string network)
    {
        Directory.CreateDirectory("runs");
        for (var number = 1; ; number++)
        {
            var path = Path.Combine("runs", $"{network}-{number:D3}");
            if (!Path.Exists(path))
                return path;
        }
    }
}
