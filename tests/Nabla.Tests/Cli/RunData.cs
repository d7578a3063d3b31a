using Nabla.Data;
using Nabla.Tests.Data;

namespace Nabla.Tests.Cli;

/// <summary>A folder with a little data to train with, in which the command is run.</summary>
internal sealed class RunData : IDisposable
{
    /// <summary>A training that uses everything that has state.</summary>
    public static readonly string[] Everything =
    [
        "train", ".", "--network", "dense 12, batch-norm, relu, dropout 0.2, dense 10", "--loss",
        "softmax-cross-entropy", "--optimizer", "muon", "--schedule", "warmup 1 then plateau 2",
        "--clip", "0.5", "--ema", "0.9", "--batch", "16", "--json",
    ];

    private readonly TemporaryFolder folder = new();

    public RunData(int examples = 120)
    {
        Write("train", SyntheticData.Digits(examples, seed: 1));
        Write("t10k", SyntheticData.Digits(20, seed: 2));
    }

    public string Path => folder.Path;

    public string At(params string[] names) => System.IO.Path.Combine([folder.Path, .. names]);

    public (int Code, string Output, string Errors) Run(params string[] arguments) =>
        CommandProcess.Run(folder.Path, arguments);

    /// <summary>
    /// Throws unless two runs have come to the same: models byte for byte, and metrics but for the seconds.
    /// </summary>
    public void AssertSame(string expected, string run, string why)
    {
        foreach (var file in (string[])["best.safetensors", "last.safetensors"])
            Assert.True(
                File.ReadAllBytes(At(expected, file)).AsSpan().SequenceEqual(File.ReadAllBytes(At(run, file))),
                $"{file} differs: {why}");
        Assert.Equal(Metrics(expected), Metrics(run));
    }

    public void Dispose() => folder.Dispose();

    private string[] Metrics(string run) =>
        [.. File.ReadAllLines(At(run, "metrics.csv")).Select(line => line[..line.LastIndexOf(',')])];

    private void Write(string name, Dataset data)
    {
        folder.Write(
            $"{name}-images-idx3-ubyte",
            [
                .. Idx.Header(0x803, data.Count, 28, 28),
                .. Enumerable.Range(0, data.Count).SelectMany(i => data.Image(i).ToArray())]);
        folder.Write(
            $"{name}-labels-idx1-ubyte",
            Idx.Labels([.. Enumerable.Range(0, data.Count).Select(i => (byte)data.Label(i))]));
    }
}
