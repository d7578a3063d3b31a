namespace Nabla.Tests.Cli;

/// <summary>
/// A training process is killed at random moments and resumed until it ends. It saves after each step, so that most
/// kills happen during a save.
/// </summary>
public sealed class KillTests
{
    private const int Epochs = 25;

    [Fact]
    public void Killed_a_few_times_a_run_ends_with_the_same_bytes() => Run(kills: 4);

    /// <summary>Kills as often as <c>NABLA_KILLS</c> says, or 200 times, which takes some minutes.</summary>
    [Fact(Explicit = true)]
    public void Killed_two_hundred_times_no_run_is_lost() =>
        Run(int.TryParse(Environment.GetEnvironmentVariable("NABLA_KILLS"), out var wanted) ? wanted : 200);

    private static void Run(int kills)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no such signal on Windows.");
        using var data = new RunData();
        string[] begin = [.. RunData.Everything, "--epochs", $"{Epochs}"];
        Assert.Equal(0, data.Run([.. begin, "--out", "whole"]).Code);
        var random = new Random(1);
        int done = 0, runs = 0, anew = 0;
        while (done < kills)
        {
            var run = $"run-{++runs}";
            while (true)
            {
                var exists = File.Exists(data.At(run, "config.json"));
                anew += exists ? 0 : 1;
                string[] arguments = exists ? ["train", "--resume", run, "--json"] : [.. begin, "--out", run];
                using var command = CommandProcess.Start(
                    data.Path, [.. arguments, "--save-every", "0", "--threads", $"{1 + done % 2}"]);
                if (command.EndsWithin(TimeSpan.FromMilliseconds(done < kills ? random.Next(200, 1500) : 120_000)))
                {
                    Assert.True(command.ExitCode() == 0, $"after {done} kills, {run} is lost: {command.Errors}");
                    break;
                }
                command.Signal("KILL");
                command.ExitCode();
                done++;
            }
            data.AssertSame("whole", run, $"after {done} kills");
        }
        TestContext.Current.SendDiagnosticMessage(
            $"{done} kills, {runs} runs, {anew - runs} of them killed before there was anything to resume, 0 lost, " +
            "all the same.");
        Console.WriteLine(
            $"{done} kills, {runs} runs, {anew - runs} begun again because killed before there was anything to " +
            "resume, 0 lost, every final model the same");
    }
}
