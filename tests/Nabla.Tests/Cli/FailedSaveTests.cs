using Nabla.Data;

namespace Nabla.Tests.Cli;

/// <summary>
/// A training that fails, or whose files cannot be saved: the first error is reported, and the other files are saved.
/// </summary>
public sealed class FailedSaveTests : IDisposable
{
    private readonly RunData data = new();

    public void Dispose() => data.Dispose();

    [Fact]
    public void A_training_that_fails_before_it_starts_reports_its_own_error_and_saves_nothing()
    {
        var examples = SyntheticData.Digits(20, seed: 1);
        var settings = TrainSettings.From(new() { Data = ".", Network = "dense 10" }, examples);
        Network Make() => new(examples.Shape, Parse.Layers(settings.Layers), seed: settings.Seed);
        using var folder = RunFolder.Create(data.At("run"), settings);
        var run = new RunRecord(examples, best: Make(), settings, saveEvery: null) { Folder = folder };
        var options = settings.MakeOptions(validation: null) with { Observers = [new FailsToStart(), run] };
        var trainer = new Trainer(Make(), Parse.Loss(settings.Loss), settings.MakeOptimizer());
        var e = Assert.Throws<NotSupportedException>(
            () => TrainRun.Learn(trainer.Train(examples, options), run, new QuietReport(TextWriter.Null)));
        Assert.Equal("This observer cannot start.", e.Message);
        Assert.Equal(
            [".lock", "config.json"], Directory.EnumerateFiles(data.At("run")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_training_that_diverges_reports_that_and_warns_of_a_file_that_cannot_be_saved()
    {
        string[] options = ["--quiet", "--no-doctor"];
        var (code, _, errors) = data.Run(
        [
            "train", ".", "--network", "dense 16, batch-norm, leaky-relu, dense 10", "--loss", "squared-error",
            "--optimizer", "sgd", "--momentum", "0.99", "--learning-rate", "5", "--schedule", "warmup 4",
            "--batch", "16", "--epochs", "200", "--save-every", "0", "--out", "run", .. options,
        ]);
        Assert.Equal(1, code);
        Assert.StartsWith("nabla: The ", errors, StringComparison.Ordinal);
        Block("best.safetensors");
        File.Delete(data.At("run", "last.safetensors"));
        // It diverges again. The only save is the one after that
        var (again, _, both) = data.Run(["train", "--resume", "run", "--save-every", "100000", .. options]);
        Assert.Equal(1, again);
        var lines = both.Split('\n', 2);
        Assert.StartsWith("nabla: warning: run/best.safetensors could not be saved", lines[0].Replace('\\', '/'));
        Assert.Equal(errors, lines[1]);
        Model.Load(data.At("run", "last.safetensors"));
    }

    [Fact]
    public void Interrupted_it_saves_the_checkpoint_even_if_another_file_cannot_be_saved()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no such signals on Windows.");
        using var command = CommandProcess.Start(
            data.Path, [.. RunData.Everything, "--epochs", "100000", "--save-every", "100000", "--out", "run"]);
        Assert.Contains("\"start\"", command.ReadLine());
        Block("best.safetensors");
        Block("metrics.csv");
        Assert.NotNull(command.ReadLine());
        command.Signal("INT");
        command.ReadToEnd();
        Assert.Equal(1, command.ExitCode());
        Assert.StartsWith("nabla: run/best.safetensors could not be saved", command.Errors, StringComparison.Ordinal);
        Model.Load(data.At("run", "last.safetensors"));
        Assert.True(CheckpointFile.Load(data.At("run", "checkpoint.safetensors")).Epoch > 0);
    }

    /// <summary>Puts a folder in the place of a file of the run, so that not even root can save it.</summary>
    private void Block(string file)
    {
        File.Delete(data.At("run", file));
        Directory.CreateDirectory(data.At("run", file));
    }

    private sealed class FailsToStart : ITrainingObserver
    {
        public string Name => "fails";

        public void Start(TrainingRun run, bool isResumed) =>
            throw new NotSupportedException("This observer cannot start.");
    }
}
