using System.Text.Json.Nodes;
using Nabla.Data;
using Nabla.Tests.Data;

namespace Nabla.Tests.Cli;

/// <summary><c>train</c> and <c>evaluate</c>, as processes, on a small folder of IDX files.</summary>
public sealed class TrainCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public TrainCommandTests()
    {
        Write("train", SyntheticData.Digits(600, seed: 3));
        Write("t10k", SyntheticData.Digits(200, seed: 4));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Json_is_one_object_a_line_from_start_to_end()
    {
        var (code, output, errors) = Run("train", ".", "--epochs", "3", "--json");
        Assert.Equal((0, ""), (code, errors));
        JsonNode[] lines = [.. output.TrimEnd().Split('\n').Select(line => JsonNode.Parse(line)!)];
        Assert.Equal(["start", "epoch", "epoch", "epoch", "end"], lines.Select(line => (string)line["event"]!));
        Assert.Equal(13_002, (int)lines[0]["parameters"]!);
        Assert.Equal(
            (540, 60, 200),
            ((int)lines[0]["examples"]!, (int)lines[0]["validationExamples"]!, (int)lines[0]["testExamples"]!));
        foreach (var field in (string[])["epoch", "seconds", "trainLoss", "validationLoss", "validationAccuracy"])
            Assert.NotNull(lines[2][field]);
        foreach (var field in (string[])["testAccuracy", "testLoss", "seconds"])
            Assert.NotNull(lines[4][field]);
        Assert.Equal("runs/classic-001/best.safetensors", (string)lines[4]["model"]!);

        var evaluated = JsonNode.Parse(Run("evaluate", "runs/classic-001/best.safetensors", "--json").Output)!;
        Assert.Equal("end", (string)evaluated["event"]!);
        Assert.Equal((double)lines[4]["testAccuracy"]!, (double)evaluated["testAccuracy"]!);
        Assert.Equal((double)lines[4]["testLoss"]!, (double)evaluated["testLoss"]!);
        Assert.Equal(
            evaluated.ToJsonString(),
            JsonNode.Parse(Run("evaluate", "runs/classic-001", "--json").Output)!.ToJsonString());
        var (refused, _, why) = Run("evaluate", "runs");
        Assert.Equal(2, refused);
        Assert.Contains("runs is a folder without a best.safetensors", why);
    }

    [Theory]
    [InlineData(
        "conv 4 3, batch-norm, relu, max-pool 2, dropout 0.1, flatten, dense 10",
        "inspect runs/custom-001/best.safetensors --example 0")]
    [InlineData(
        "conv 10 5 stride 3, relu, global-average-pool", "inspect runs/custom-001/best.safetensors --example 0")]
    [InlineData(
        "conv 4 5 stride 2, residual (batch-norm, relu, conv 4 3 same), layer-norm, gelu, dense 10",
        "inspect runs/custom-001/best.safetensors --example 0")]
    [InlineData(
        "conv 4 5 stride 2, relu, dense 10", "inspect runs/custom-001/best.safetensors --example 0 --weight 3,")]
    public void Networks_of_all_kinds_train_from_the_command_to_the_hint_at_the_end(string network, string next)
    {
        var (code, output, errors) = Run(
            "train", ".", "--network", network, "--epochs", "2", "--augment", "light", "--schedule",
            "warmup 1 then cosine", "--clip", "1", "--ema", "0.9", "--early-stopping", "5",
            "--class-weights", "balanced", "--optimizer", "muon");
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("images changed by shift 1, rotate 7.5, scale 0.1", output);
        Assert.Contains("softmax-cross-entropy weights ", output);
        Assert.Contains(next, output);
        Assert.Equal(0, Run("inspect", "runs/custom-001").Code);
        Assert.Equal(0, Run("evaluate", "runs/custom-001").Code);
    }

    [Theory]
    [InlineData("--augment", "elastik 3 4", "elastik")]
    [InlineData("--network", "max-pool 6000 padding 3000, dense 10", "a window is at most 4096 pixels wide")]
    [InlineData("--class-weights", "fair", "--class-weights is 'fair', but 'balanced' is expected.")]
    public void What_train_cannot_do_is_refused_before_anything_is_read_or_written(
        string option, string value, string message)
    {
        var (code, _, errors) = Run("train", ".", option, value);
        Assert.Equal(2, code);
        Assert.Contains(message, errors);
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "runs")));
    }

    [Fact]
    public void A_run_is_saved_with_its_settings_and_the_next_has_a_folder_of_its_own()
    {
        Assert.Equal(
            0,
            Run("train", ".", "--epochs", "2", "--network", "dense 12, relu, dense 10", "--seed", "5", "--quiet").Code);
        Assert.Equal(
            0,
            Run(
                "train", ".", "--epochs", "2", "--network", "dense 12, relu, dense 10", "--seed", "5", "--quiet",
                "--threads", "1").Code);
        string first = Path.Combine(folder.Path, "runs", "custom-001"), second = Path.Combine(
            folder.Path, "runs", "custom-002");
        Assert.Equal(
            [".lock", "best.safetensors", "checkpoint.safetensors", "config.json", "last.safetensors", "metrics.csv"],
            Directory.GetFiles(first).Select(Path.GetFileName).Order());
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(first, "last.safetensors")),
            File.ReadAllBytes(Path.Combine(second, "last.safetensors")));

        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(first, "config.json")))!;
        Assert.Equal(
            ("dense 12, relu, dense 10", "softmax-cross-entropy", 5),
            ((string)config["layers"]!, (string)config["loss"]!, (int)config["seed"]!));
        var metrics = File.ReadAllLines(Path.Combine(first, "metrics.csv"));
        Assert.Equal("epoch,train_loss,validation_loss,validation_accuracy,learning_rate,seconds", metrics[0]);
        Assert.Equal(3, metrics.Length);
        var model = Model.Load(Path.Combine(first, "best.safetensors"));
        Assert.Equal(
            ("dense 12, relu, dense 10", new ImageSize(28, 28), "5"),
            (model.Network.Description, model.ImageSize, model.Training["seed"]));
    }

    [Fact]
    public void A_log_gets_plain_lines_without_escape_codes()
    {
        var (code, output, _) = Run("train", ".", "--epochs", "2");
        Assert.Equal(0, code);
        Assert.DoesNotContain('\x1b', output);
        Assert.Equal(2, output.Split('\n').Count(line => line.StartsWith("epoch ", StringComparison.Ordinal)));
        foreach (
            var expected in (string[])[
                "13,002", "1×28×28 → 16", "read →", "were misread", "runs/classic-001/best.safetensors", "Next:"])
            Assert.Contains(expected, output);
    }

    [Fact]
    public void A_training_with_everything_says_so_and_the_same_settings_are_saved()
    {
        string[] arguments = [
            "train", ".", "--network", "dense 12, relu, dense 10", "--optimizer", "muon", "--schedule",
            "warmup 1 then plateau 2", "--clip", "0.1",
            "--ema", "0.9", "--early-stopping", "2", "--epochs", "200", "--lr", "0.02"];
        var (code, output, errors) = Run([.. arguments, "--json", "--out", "a"]);
        Assert.Equal((0, ""), (code, errors));
        JsonNode[] lines = [.. output.TrimEnd().Split('\n').Select(line => JsonNode.Parse(line)!)];
        var start = lines[0];
        Assert.Equal(("muon", "warmup 1 then plateau 2", "norm 0.1", 0.9, 2),
            (
                (string)start["optimizer"]!, (string)start["schedule"]!, (string)start["clip"]!, (double)start["ema"]!,
                (int)start["earlyStopping"]!));
        Assert.InRange((double)lines[1]["gradientsClipped"]!, 0.5, 1);
        Assert.InRange((double)lines[1]["gradientLargest"]!, (double)lines[1]["gradientMean"]!, 100);
        Assert.InRange(lines.Length, 4, 150);
        Assert.Equal(lines.Length - 2, (int)lines[^1]["epochs"]!);
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(folder.Path, "a", "config.json")))!;
        Assert.Equal("norm 0.1", (string)config["clip"]!);

        Assert.Contains(" epochs of 200: no improvement on the validation", Run([.. arguments, "--out", "b"]).Output);
        foreach (var file in (string[])["best.safetensors", "last.safetensors"])
            Assert.Equal(
                File.ReadAllBytes(Path.Combine(folder.Path, "a", file)),
                File.ReadAllBytes(Path.Combine(folder.Path, "b", file)));
        Assert.NotEqual(
            File.ReadAllBytes(Path.Combine(folder.Path, "a", "best.safetensors")),
            File.ReadAllBytes(Path.Combine(folder.Path, "a", "last.safetensors")));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void An_interruption_saves_what_was_learned(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no such signals on Windows.");
        using var command = CommandProcess.Start(
            folder.Path, "train", ".", "--epochs", "1000000", "--json", "--out", "run");
        for (var line = 0; line < 4; line++)
            Assert.NotNull(command.ReadLine());
        command.Signal(signal);
        var last = JsonNode.Parse(command.ReadToEnd().TrimEnd().Split('\n')[^1])!;
        Assert.Equal(130, command.ExitCode());
        Assert.Equal(("interrupted", "run/last.safetensors"), ((string)last["event"]!, (string)last["model"]!));
        var saved = Model.Load(Path.Combine(folder.Path, "run", "last.safetensors"));
        Assert.Equal(last["epochs"]!.ToString(), saved.Training["epoch"]);
        Assert.True(File.Exists(Path.Combine(folder.Path, "run", "best.safetensors")));
    }

    [Fact]
    public void A_diverged_training_ends_with_1_and_leaves_the_last_finite_weights()
    {
        var (code, _, errors) = Run(
            "train", ".", "--network", "dense 16, relu, dense 10", "--loss", "squared-error", "--optimizer", "sgd",
            "--learning-rate", "1e6", "--json", "--out", "run");
        Assert.Equal(1, code);
        Assert.Contains("learning rate ten times smaller", errors);
        Assert.DoesNotContain("   at ", errors);
        // Refuses weights that are not finite
        Model.Load(Path.Combine(folder.Path, "run", "last.safetensors"));
    }

    [Theory]
    [InlineData("There is no data 'mnits'", "mnits")]
    [InlineData("Did you mean 'mnist'?", "mnits")]
    [InlineData("there is no layer 'rellu'. Did you mean 'relu'?", ".", "--network", "dense 3, rellu, dense 10")]
    [InlineData("The network gives 9 outputs, but", ".", "--network", "dense 9")]
    [InlineData(
        "The last layer is Softmax, but the loss softmax-cross-entropy takes logits", ".", "--network",
        "dense 10, softmax", "--loss", "softmax-cross-entropy")]
    [InlineData("There is no loss 'squared-eror'. Did you mean 'squared-error'?", ".", "--loss", "squared-eror")]
    [InlineData("There is no optimizer 'adan'. Did you mean 'adam'?", ".", "--optimizer", "adan")]
    [InlineData("There is no schedule 'cosin'. Did you mean 'cosine'?", ".", "--schedule", "cosin")]
    [InlineData("The learning rate must be positive and finite, not -1.", ".", "--learning-rate", "-1")]
    [InlineData("The learning rate must be positive and finite, not -0.5.", ".", "--lr", "-.5")]
    [InlineData("The learning rate must be positive and finite, not NaN.", ".", "--learning-rate", "NaN")]
    [InlineData("The learning rate must be positive and finite, not 0.", ".", "--lr", "0")]
    [InlineData("The learning rate must be positive and finite, not Infinity.", ".", "--lr", "1e999")]
    [InlineData(
        "'dense' takes the number of its neurons, from 1 to 2147483647, as in \"dense 16\"; found 'dense 0'", ".",
        "--network", "dense 0, dense 10")]
    [InlineData("found 'dense -5'", ".", "--network", "dense -5, dense 10")]
    [InlineData("found 'dense 2147483648'", ".", "--network", "dense 2147483648, dense 10")]
    [InlineData("of 1 × 2147483647 would have 2147483647 numbers", ".", "--network", "dense 2147483647, dense 10")]
    [InlineData("The batch size must be at least 1, but is -1.", ".", "--batch", "-1")]
    [InlineData("The batch size must be at least 1, but is 0.", ".", "--batch", "0")]
    [InlineData("The number of epochs must not be negative, but is -3.", ".", "--epochs", "-3")]
    [InlineData("--validation is 1, but a share of the data is expected", ".", "--validation", "1")]
    [InlineData("leaves one part empty", ".", "--validation", "0.0001")]
    [InlineData("The momentum must be at least 0 and less than 1, not 1.", ".", "--momentum", "1")]
    [InlineData(
        "--momentum is for the optimizers sgd, rmsprop and muon", ".", "--optimizer", "adam", "--momentum", "0.9")]
    [InlineData("--nesterov is for the optimizer sgd with a momentum", ".", "--nesterov")]
    [InlineData("There is no optimizer 'rmsprob'. Did you mean 'rmsprop'?", ".", "--optimizer", "rmsprob")]
    [InlineData(
        "Schedule 'step 3': a number is missing. It is written step EPOCHS FACTOR.", ".", "--schedule",
        "warmup 1 then step 3")]
    [InlineData("The clipping is '0', but the largest norm of a gradient is expected", ".", "--clip", "0")]
    [InlineData("The patience of early stopping must be at least 1 epoch, but is 0.", ".", "--early-stopping", "0")]
    [InlineData(
        "Early stopping watches the validation examples, but there are none.", ".", "--early-stopping", "3",
        "--validation", "0")]
    [InlineData("The decay of the average must be at least 0 and less than 1, not 1.", ".", "--ema", "1")]
    [InlineData("The weight decay must not be negative", ".", "--weight-decay", "-1")]
    [InlineData(
        "--learning-rate 2 times --weight-decay 0.5 is 1 or more", ".", "--optimizer", "sgd", "--lr", "2",
        "--weight-decay", "0.5")]
    [InlineData(
        "--learning-rate 2 times --weight-decay 0.5 is 1 or more", ".", "--optimizer", "adamw", "--lr", "2",
        "--weight-decay", "0.5")]
    [InlineData("The number of threads must be from 1 to 1024.", ".", "--threads", "0")]
    [InlineData("is not empty, and nothing is overwritten", ".", "--out", ".")]
    [InlineData("There is no option '--epoks' for 'train'. Did you mean '--epochs'?", ".", "--epoks", "3")]
    [InlineData(
        "--out t10k-labels-idx1-ubyte is a file, but a folder is expected.", ".", "--out",
        "t10k-labels-idx1-ubyte")]
    [InlineData("--epochs is 0, but at least 1 is needed", ".", "--epochs", "0")]
    [InlineData("There is no loss 'mse'. Did you mean 'squared-error'?", ".", "--loss", "mse")]
    [InlineData(
        "There is no loss 'cross-entropy'. Did you mean 'softmax-cross-entropy'?", ".", "--loss", "cross-entropy")]
    [InlineData("There is no loss 'sigmoid'. Did you mean 'sigmoid-cross-entropy'?", ".", "--loss", "sigmoid")]
    [InlineData("There is no schedule 'cos'. Did you mean 'cosine'?", ".", "--schedule", "cos")]
    [InlineData("Are the commas missing? \"dense 128, relu, dense 10\"", ".", "--network", "dense 128 relu dense 10")]
    [InlineData("as in \"dense 128, relu, dense 10\". (Layer 1 of", ".", "--network", "dence,10")]
    [InlineData(
        "There is no network 'clasic'. Did you mean 'classic'? Known are: classic, mlp, mlp800, lenet, cnn; or " +
        "list layers, as in \"dense 128, relu, dense 10\".\n",
        ".", "--network", "clasic")]
    [InlineData("--epochs", ".", "--epochs", "many")]
    public void A_wrong_request_ends_with_2_and_says_what_is_wrong(string expected, params string[] arguments)
    {
        var before = Directory.GetFileSystemEntries(folder.Path).Order();
        var (code, output, errors) = Run(["train", .. arguments]);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(expected, errors);
        Assert.StartsWith("nabla: ", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors);
        Assert.Equal(before, Directory.GetFileSystemEntries(folder.Path).Order());
    }

    private (int Code, string Output, string Errors) Run(params string[] arguments) =>
        CommandProcess.Run(folder.Path, arguments);

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
