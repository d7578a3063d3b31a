namespace Nabla.Tests.Cli;

/// <summary>
/// A run that diverges after some epochs: what it says, what is left of it, and what can be done with that.
/// </summary>
public sealed class DivergedRunTests : IDisposable
{
    private readonly RunData data = new();

    public void Dispose() => data.Dispose();

    [Theory]
    [InlineData("--quiet")]
    [InlineData("--no-doctor")]
    [InlineData("--clip 1e30")]
    public void What_was_learned_before_is_kept_finite_and_only_a_new_run_can_do_better(string more)
    {
        var options = more.Split(' ');
        var (code, _, errors) = data.Run(
        [
            "train", ".", "--network", "dense 16, batch-norm, leaky-relu, dense 10", "--loss", "squared-error",
            "--optimizer", "sgd", "--momentum", "0.99", "--learning-rate", "5", "--schedule", "warmup 4",
            "--batch", "16", "--epochs", "200", "--save-every", "0", "--out", "run", .. options,
        ]);
        Assert.Equal(1, code);
        Assert.Matches(
            @"^nabla: The (cost|gradient) .* in epoch \d+, step \d+; the weights were left as they were before it\. " +
            "Try a learning rate ten times smaller",
            errors);
        Assert.Matches(@"layer( \d \(\w+\)|'s output is finite)", errors);
        Assert.Equal(more != "--no-doctor", errors.Contains("NB201: ", StringComparison.Ordinal));

        var before = Content();
        Assert.Equal(
            ["best.safetensors", "checkpoint.safetensors", "config.json", "last.safetensors", "metrics.csv"],
            before.Keys);
        foreach (var model in (string[])["best", "last"])
            Model.Load(data.At("run", model + ".safetensors"));             // refuses numbers that are not finite
        Assert.All(
            CheckpointFile.Load(data.At("run", "checkpoint.safetensors")).State.Rows.Values,
            row => Assert.All(row, number => Assert.True(float.IsFinite(number))));

        // Bit for bit the same training, it diverges again
        Assert.Equal(
            (1, errors),
            data.Run(["train", "--resume", "run", .. options]) is var (again, _, same) ? (again, same) : default);
        AssertUnchanged();
        var (refused, _, why) = data.Run("train", "--resume", "run", "--learning-rate", "0.5");
        Assert.Equal(2, refused);
        Assert.Contains("--learning-rate is 0.5, but the run has 5. It keeps the settings of", why);
        Assert.Contains("Leave out the options that differ, or start a new run.", why);
        AssertUnchanged();

        void AssertUnchanged()
        {
            foreach (var (file, bytes) in Content())
                Assert.True(bytes == before[file], $"{file} has changed.");
        }
    }

    private SortedDictionary<string, string> Content() => new(
        Directory.EnumerateFiles(data.At("run")).Where(path => Path.GetFileName(path) != ".lock")
            .ToDictionary(
                path => Path.GetFileName(path), path => Convert.ToHexString(File.ReadAllBytes(path))),
                StringComparer.Ordinal);
}
