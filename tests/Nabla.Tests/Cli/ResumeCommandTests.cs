using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Nabla.Storage;

namespace Nabla.Tests.Cli;

/// <summary><c>train --resume</c> continues with the same bytes or refuses, and loses nothing either way.</summary>
public sealed class ResumeCommandTests : IDisposable
{
    private readonly RunData data = new();

    public void Dispose() => data.Dispose();

    [Fact]
    public void Interrupted_by_signals_and_resumed_it_ends_with_the_same_bytes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no such signals on Windows.");
        string[] begin = [.. RunData.Everything, "--epochs", "400", "--early-stopping", "300"];
        Assert.Equal(0, data.Run([.. begin, "--out", "whole"]).Code);
        string[] arguments = [.. begin, "--out", "run"];
        var interruptions = 0;
        foreach (var signal in (string[])["INT", "TERM", "INT"])
        {
            using var command = CommandProcess.Start(
                data.Path, [.. arguments, "--threads", $"{1 + interruptions % 2}"]);
            for (var line = 0; line < 9 && command.ReadLine() is not null; line++)
            {
            }
            command.Signal(signal);
            var last = JsonNode.Parse(command.ReadToEnd().TrimEnd().Split('\n')[^1])!;
            if (command.ExitCode() == 0)
                break;
            Assert.Equal(
                (130, "interrupted", "nabla train --resume run"),
                (command.ExitCode(), (string)last["event"]!, (string)last["resume"]!));
            interruptions++;
            arguments = ["train", "--resume", "run", "--json"];
        }
        Assert.True(interruptions > 0);
        Assert.Equal((0, ""), data.Run(arguments) is var (code, _, errors) ? (code, errors) : default);
        data.AssertSame("whole", "run", $"after {interruptions} interruptions");
        Assert.DoesNotContain(
            Directory.EnumerateFiles(data.At("run")), path => path.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public void What_to_type_next_can_be_typed_and_a_finished_run_says_that_it_is()
    {
        var (code, output, _) = data.Run("train", ".", "--network", "dense 10", "--epochs", "2", "--out", "two words");
        Assert.Equal(0, code);
        Assert.Contains("inspect \"two words/best.safetensors\" --example 0", output);
        Assert.Contains("This run is finished: 2 epochs of 2.", data.Run("train", "--resume", "two words").Output);
        (code, _, var errors) = data.Run("evaluate", "two words/checkpoint.safetensors");
        Assert.Equal(2, code);
        Assert.Contains("is a checkpoint, from which a training resumes, not a model. Use best.safetensors", errors);
    }

    [Fact]
    public void A_second_signal_ends_it_at_once_and_it_can_still_be_resumed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no such signals on Windows.");
        using var command = CommandProcess.Start(
            data.Path, [.. RunData.Everything, "--epochs", "100000", "--save-every", "0", "--out", "run"]);
        for (var line = 0; line < 4; line++)
            Assert.NotNull(command.ReadLine());
        // Its output is not read: it waits for room to write, and cannot finish
        command.Signal("INT");
        Thread.Sleep(100);
        command.Signal("TERM");
        Assert.Equal((130, ""), (command.ExitCode(), command.Errors));
        using var again = CommandProcess.Start(data.Path, "train", "--resume", "run", "--json");
        for (var line = 0; line < 3; line++)
            Assert.NotNull(again.ReadLine());
        again.Signal("TERM");
        Assert.Contains("\"interrupted\"", again.ReadToEnd());
        Assert.Equal(130, again.ExitCode());
    }

    [Fact]
    public void A_finished_run_can_be_given_more_epochs_and_resuming_it_without_changes_nothing()
    {
        string[] begin = [
            .. RunData.Everything.Select(
                word => word.StartsWith("warmup", StringComparison.Ordinal) ? "step 2 0.5" : word)];
        Assert.Equal(0, data.Run([.. begin, "--epochs", "5", "--out", "whole"]).Code);
        Assert.Equal(0, data.Run([.. begin, "--epochs", "3", "--out", "run"]).Code);
        var before = File.ReadAllBytes(data.At("run", "last.safetensors"));
        Assert.Equal(0, data.Run("train", "--resume", "run").Code);
        Assert.Equal(before, File.ReadAllBytes(data.At("run", "last.safetensors")));
        Assert.Equal(0, data.Run("train", "--resume", "run", "--epochs", "5").Code);
        data.AssertSame("whole", "run", "extended");
        Assert.Equal(5, (int)JsonNode.Parse(File.ReadAllText(data.At("run", "config.json")))!["epochs"]!);
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_what_differs_and_nothing_changes()
    {
        Assert.Equal(0, data.Run([.. RunData.Everything, "--epochs", "2", "--out", "run"]).Code);
        void Refused(string expected, params string[] arguments)
        {
            var before = Content();
            var (code, output, errors) = data.Run(["train", .. arguments]);
            Assert.Equal((2, ""), (code, output));
            Assert.Contains(expected, errors);
            Assert.StartsWith("nabla: ", errors, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", errors);
            Assert.Equal(before, Content());
        }

        Refused("--batch is 32, but the run has 16", "--resume", "run", "--batch", "32");
        Refused("--optimizer is adam, but the run has muon", "--resume", "run", "--optimizer", "adam");
        Refused(
            "--network is dense 10, but the run has dense 12, batch-norm", "--resume", "run", "--network", "dense 10");
        Refused("--seed is 7, but the run has 1", "--resume", "run", "--seed", "7");
        Refused("--early-stopping is 3, but the run has none", "--resume", "run", "--early-stopping", "3");
        Refused("--epochs is 1, but the run has 2", "--resume", "run", "--epochs", "1");
        Refused("--validation is 0.2, but the run has 0.1", "--resume", "run", "--validation", "0.2");
        Refused("exclude each other", "--resume", "run", "--out", "other");
        Refused("or resume the run in it: --resume run", ".", "--out", "run");
        Refused("is not a folder", "--resume", "none");
        Refused("is not the folder of a run", "--resume", ".");
        Refused("--save-every is -1", "--resume", "run", "--save-every", "-1");
        using (new FileStream(data.At("run", ".lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            Refused("is in use: another process trains it", "--resume", "run");

        Damaged("checkpoint.safetensors", bytes => bytes[..(bytes.Length / 2)], "The file is damaged");
        Damaged("checkpoint.safetensors", _ => [], "is empty");
        Damaged(
            "checkpoint.safetensors", _ => File.ReadAllBytes(data.At("run", "last.safetensors")),
            "is not a checkpoint");
        Changed(
            state => state.Numbers["run.best-epoch"] = [7],
            "checkpoint.safetensors is damaged. Epoch 7 cannot have been the best of 2 epochs.");
        Changed(state => state.Numbers["step"] = [99], "checkpoint.safetensors is damaged. There is no step 99 of ");
        Changed(
            state => state.Wholes["batches.order"][0] = state.Wholes["batches.order"][1],
            "checkpoint.safetensors is damaged. The order of the examples is damaged: ");
        Changed(
            state => state.Numbers["doctor.chart.numbers"] = [1],
            "checkpoint.safetensors is damaged. The doctor's findings ");
        Changed(
            state => state.Rows["parameters"] = [1, 2],
            "checkpoint.safetensors is damaged. 'parameters' of the saved state has 2 numbers, but ");
        Damaged("config.json", bytes => bytes[..20], "config.json is damaged");
        Damaged("config.json", _ => "[]"u8.ToArray(), "config.json is damaged");
        Damaged(
            "config.json", _ => """{"optimizer": 3}"""u8.ToArray(), "'optimizer' is missing, or has the wrong type");
        Damaged(
            "config.json",
            bytes => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace("muon", "mu\\u001b[2Jon")),
            "config.json is damaged: 'optimizer' is not a string");
        Damaged(
            "config.json",
            bytes => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace("dense 12", "dense -12")),
            "config.json is damaged: 'layers' is wrong. Layer 1 of 'dense -12");
        Damaged(
            "config.json",
            bytes => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace("plateau 2", "plateau x")),
            "config.json is damaged: 'schedule' is wrong. ");
        var labels = File.ReadAllBytes(data.At("train-labels-idx1-ubyte"));
        labels[^1] = (byte)((labels[^1] + 1) % 10);
        File.WriteAllBytes(data.At("train-labels-idx1-ubyte"), labels);
        Refused("training data is '", "--resume", "run");

        void Changed(Action<SavedState> change, string expected) => Damaged(
            "checkpoint.safetensors",
            _ =>
            {
                var path = data.At("run", "checkpoint.safetensors");
                var checkpoint = CheckpointFile.Load(path);
                change(checkpoint.State);
                CheckpointFile.Save(checkpoint, data.At("changed"));
                var bytes = File.ReadAllBytes(data.At("changed"));
                File.Delete(data.At("changed"));
                return bytes;
            },
            expected);

        void Damaged(string file, Func<byte[], byte[]> damage, string expected)
        {
            var path = data.At("run", file);
            var whole = File.ReadAllBytes(path);
            File.WriteAllBytes(path, damage(whole));
            Refused(expected, "--resume", "run");
            File.WriteAllBytes(path, whole);
        }
    }

    [Fact]
    public void A_folder_that_holds_nothing_but_what_a_kill_has_left_is_as_good_as_new()
    {
        Directory.CreateDirectory(data.At("run"));
        File.WriteAllBytes(data.At("run", ".lock"), []);
        File.WriteAllBytes(TemporaryFile.NewIn(data.At("run")), [1]);
        Assert.Equal(0, data.Run("train", ".", "--epochs", "1", "--out", "run").Code);
    }

    private string[] Content() =>
    [
        .. Directory.EnumerateFiles(data.Path, "*", SearchOption.AllDirectories)
            .Where(path => Path.GetFileName(path) != ".lock")
            .Order()
            .Select(path => $"{path} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))}"),
    ];
}
