using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Nabla.Doctor;

namespace Nabla.Tests.Recorded;

/// <summary>What a run has come to, each part of it as a SHA-256.</summary>
/// <param name="Model">Of the bytes of the model's file.</param>
/// <param name="Predictions">Of the bits of what the model says of the examples to test with.</param>
/// <param name="Findings">Of which findings the doctor made, and where; null if nobody watched.</param>
/// <param name="Epochs">For each epoch, of the bits of its losses and of its learning rate.</param>
internal sealed record RunRecord(string Model, string Predictions, string? Findings, IReadOnlyList<string> Epochs)
{
    private static readonly JsonSerializerOptions json = new() { WriteIndented = true };

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public static Dictionary<string, RunRecord> Load(string path) =>
        JsonSerializer.Deserialize<Dictionary<string, RunRecord>>(File.ReadAllText(path), json)!;

    /// <summary>Writes the records of all runs.</summary>
    public static void Save(IReadOnlyDictionary<string, RunRecord> records, string path) =>
        File.WriteAllText(path, JsonSerializer.Serialize(records, json) + "\n");

    public static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static string HashOf(Epoch epoch)
    {
        var validation = epoch.Validation;
        double[] numbers =
            [epoch.Number, epoch.TrainLoss, validation is null ? 0 : 1, validation?.Loss ?? 0, epoch.LearningRate];
        return HashOf([.. numbers.SelectMany(BitConverter.GetBytes)]);
    }

    /// <summary>Of codes and places alone: the words of a finding may become better.</summary>
    public static string HashOf(IEnumerable<Finding> findings)
    {
        var lines = findings.Select(
            found => $"{found.Code} {found.Severity} {found.Layer ?? 0} {found.Epoch ?? 0} {found.Step ?? 0}");
        return HashOf(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
    }

    /// <summary>What is not as it was recorded, in words; null if all is.</summary>
    /// <param name="now">What the run has come to now.</param>
    /// <param name="epochsBefore">How many epochs were done before it was resumed; of these it has no figures.</param>
    public string? DifferenceTo(RunRecord now, int epochsBefore)
    {
        var count = epochsBefore + now.Epochs.Count;
        for (var i = epochsBefore; i < Math.Min(count, Epochs.Count); i++)
        {
            var figures = $"the losses or the learning rate of epoch {i + 1}";
            if (Different(figures, Epochs[i], now.Epochs[i - epochsBefore]) is { } difference)
                return difference;
        }
        return Different("the number of epochs", $"{Epochs.Count}", $"{count}")
            ?? Different("the model's file", Model, now.Model)
            ?? Different("the predictions", Predictions, now.Predictions)
            ?? Different("the doctor's findings", Findings, now.Findings);
    }

    private static string? Different(string part, string? before, string? now) =>
        before == now ? null : $"{part}: {now ?? "none"}, not {before ?? "none"}";
}
