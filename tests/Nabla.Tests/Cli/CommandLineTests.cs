namespace Nabla.Tests.Cli;

/// <summary>The messages about command lines that cannot be run, and the help.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(
        "--learning-rate is '0,1', but a number is expected, written with a point: 0.1.", "train", "--lr", "0,1")]
    [InlineData("--learning-rate is '1,000.5', but a number is expected.", "train", "--learning-rate", "1,000.5")]
    [InlineData("--momentum is 'much', but a number is expected.", "train", "--momentum", "much")]
    [InlineData(
        "--weight-decay is '-0,1', but a number is expected, written with a point: -0.1.", "train",
        "--weight-decay", "-0,1")]
    [InlineData(
        "--validation is '0,2', but a number is expected, written with a point: 0.2.", "train", "--validation",
        "0,2")]
    [InlineData("--epochs is 'three', but a whole number is expected.", "train", "--epochs", "three")]
    [InlineData("--batch is '1,000', but a whole number is expected.", "train", "--batch", "1,000")]
    [InlineData(
        "--batch is '3000000000', but a whole number up to 2147483647 is expected.", "train", "--batch",
        "3000000000")]
    [InlineData("--seed is '-1', but a whole number from 0 is expected.", "train", "--seed", "-1")]
    [InlineData("--threads is '1.5', but a whole number is expected.", "evaluate", "m", "-t", "1.5")]
    [InlineData("--example is 'x', but a whole number is expected.", "inspect", "m", "--example", "x")]
    [InlineData("--top is 'x', but a whole number is expected.", "predict", "m", "f", "--top", "x")]
    [InlineData("--seed is 'x', but a whole number is expected.", "check-gradients", "--seed", "x")]
    public void A_number_that_is_none_is_refused(string expected, params string[] arguments) =>
        Refused(expected, arguments[0], arguments);

    [Theory]
    [InlineData]
    [InlineData("help")]
    [InlineData("--help")]
    public void Help_is_printed_where_it_is_asked_for_or_nothing_is(params string[] arguments)
    {
        var (code, output, errors) = CommandProcess.Run(folder.Path, arguments);
        Assert.Equal((0, ""), (code, errors));
        foreach (var command in (string[])["train", "lr-find", "evaluate", "predict", "inspect", "check-gradients"])
            Assert.Contains($"  {command} ", output);
    }

    [Fact]
    public void Help_for_a_command_says_where_the_defaults_come_from()
    {
        var (code, output, _) = CommandProcess.Run(folder.Path, "help", "train");
        Assert.Equal(0, code);
        var text = string.Join(' ', output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        foreach (var value in (string[])["squared-error", "sgd", "2", "cosine", "32", "30"])
            Assert.Contains($"Default: the network's own; classic: {value}.", text);
        foreach (var name in (string[])["--epochs <N>", "--validation <SHARE>"])
            Assert.Contains(name, text);
    }

    [Theory]
    [InlineData(
        "There is no command 'trian'. Did you mean 'train'? Known are: train, lr-find, evaluate, predict, " +
        "inspect, check-gradients.",
        null, "trian")]
    [InlineData(
        "There is no command 'xyz'. Known are: train, lr-find, evaluate, predict, inspect, check-gradients.", null,
        "xyz", "--epochs", "3")]
    [InlineData("There is no option '--epochs' for 'nabla'.", "train", "--epochs", "3", "train")]
    [InlineData("There is no option '--epoch' for 'train'. Did you mean '--epochs'?", "train", "train", "--epoch", "3")]
    [InlineData(
        "There is no option '--epoch' for 'train'. Did you mean '--epochs'?", "train", "train", "--epoch=3",
        "--batch", "x")]
    [InlineData("There is no option '--jsno' for 'train'. Did you mean '--json'?", "train", "train", "--jsno")]
    [InlineData("There is no option '-lr' for 'train'. Did you mean '--lr'?", "train", "train", "-lr", "0.1")]
    [InlineData("There is no option '-x' for 'train'.", "train", "train", "-x")]
    [InlineData(
        "There is no option '--quit' for 'train'. Did you mean '--quiet'?", "train", "train", "--out", "--quit")]
    [InlineData(
        "There is no option '--tpo' for 'predict'. Did you mean '--top'?", "predict", "predict", "m", "--tpo", "3",
        "f")]
    public void A_word_that_is_unknown_is_named_and_the_nearest_is_suggested(
        string expected, string? command, params string[] arguments) =>
        Refused(expected, command ?? "", arguments);

    [Fact]
    public void What_follows_two_dashes_is_no_option() =>
        Refused("There is no data '--jsno'", null, "train", "--", "--jsno");

    [Fact]
    public void A_message_is_shown_without_the_parameter_it_is_about()
    {
        Assert.Equal("Too few.", PlainMessage.Of(new ArgumentOutOfRangeException("value", -1, "Too few.")));
        Assert.Equal("Not that. Take this.", PlainMessage.Of(new ArgumentException("Not that. Take this.", "value")));
        Assert.Equal("Not (Parameter 'a') that.", PlainMessage.Of(new ArgumentException("Not (Parameter 'a') that.")));
        Refused("The number of threads must be from 1 to 1024.\n", null, "train", "--threads", "-1");
    }

    /// <summary>
    /// Exit code 2, nothing on stdout, and the message; with <paramref name="help"/> on nothing but the line that
    /// says how to get help.
    /// </summary>
    private void Refused(string expected, string? help, params string[] arguments)
    {
        var (code, output, errors) = CommandProcess.Run(folder.Path, arguments);
        errors = errors.ReplaceLineEndings("\n");
        Assert.Equal((2, ""), (code, output));
        if (help is null)
            Assert.StartsWith("nabla: " + expected, errors, StringComparison.Ordinal);
        else
            Assert.Equal(
                $"nabla: {expected}\nType 'nabla {(help.Length > 0 ? help + " " : "")}--help' for help.\n", errors);
    }
}
