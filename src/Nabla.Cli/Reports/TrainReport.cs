using Nabla.Data;
using Nabla.Doctor;

namespace Nabla.Cli;

/// <summary>Shows a training to whoever looks on: a person at a terminal, a log file, or a program that reads JSON.</summary>
internal abstract class TrainReport
{
    /// <summary>The report that fits the request and where the output goes.</summary>
    public static TrainReport For(TrainRequest request) =>
        request.Json ? new JsonReport(Console.Out) :
        request.Quiet ? new QuietReport(Console.Out) :
        Console.IsOutputRedirected ? new PlainReport(TextOutput.Console(), request.DataFolder) :
        new LiveReport(TextOutput.Console(), request.DataFolder);

    /// <summary>Runs what loads the data, and says so if it takes a while.</summary>
    public virtual T Loading<T>(string name, Func<T> load) => load();

    public virtual void Started(TrainSettings settings, Network network, Dataset train, Dataset? validation, Dataset test, RunFolder folder)
    {
    }

    /// <summary>Runs the training itself.</summary>
    public virtual void WhileTraining(Action train) => train();

    /// <summary>After each step; called very often.</summary>
    public virtual void Step(TrainingProgress progress)
    {
    }

    public virtual void Epoch(Epoch epoch, bool isBest)
    {
    }

    /// <summary>What the training doctor has found, when it is found.</summary>
    public virtual void Finding(Finding finding)
    {
    }

    public abstract void Finished(RunRecord run, Evaluation result, Network network, Loss loss, Dataset test);

    /// <summary>After <see cref="Started"/>: the run goes on from there.</summary>
    public virtual void Resumed(Checkpoint from, RunRecord run)
    {
    }

    /// <summary>What was learned is saved; the command goes on with it.</summary>
    public abstract void Interrupted(RunRecord run, string resume);
}

/// <summary><c>--quiet</c>: the result in one line.</summary>
internal sealed class QuietReport(TextWriter output) : TrainReport
{
    public override void Finished(RunRecord run, Evaluation result, Network network, Loss loss, Dataset test) =>
        output.WriteLine($"{run.Folder.Best}  test {Figures.Of(result)}");

    public override void Interrupted(RunRecord run, string resume) => output.WriteLine($"{run.Folder.Last}  interrupted; go on with: {resume}");
}
