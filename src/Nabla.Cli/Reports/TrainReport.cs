using Nabla.Data;
using Nabla.Doctor;

namespace Nabla.Cli;

/// <summary>Reports a training to a person at a terminal, to a log file, or to a program that reads JSON.</summary>
internal abstract class TrainReport
{
    /// <summary>The report that fits the options and the destination of the output.</summary>
    public static TrainReport For(TrainRequest request) =>
        request.Json ? new JsonReport(Console.Out) :
        request.Quiet ? new QuietReport(Console.Out) :
        Console.IsOutputRedirected ? new PlainReport(TextOutput.Console(), request.DataFolder) :
        new LiveReport(TextOutput.Console(), request.DataFolder);

    /// <summary>Runs a function that loads the data; a terminal shows that it is loading.</summary>
    public virtual T Loading<T>(string name, Func<T> load) => load();

    public virtual void Started(
        TrainSettings settings, Network network, Dataset train, Dataset? validation, Dataset test, RunFolder folder)
    {
    }

    /// <summary>Runs the training itself.</summary>
    public virtual void WhileTraining(Action train) => train();

    /// <summary>After each step; called very often.</summary>
    public virtual void Step(TrainingRun training)
    {
    }

    public virtual void Epoch(Epoch epoch, bool isBest)
    {
    }

    /// <summary>When the training doctor finds something.</summary>
    public virtual void Finding(Finding finding)
    {
    }

    public abstract void Finished(RunRecord run, Evaluation result, Network network, Loss loss, Dataset test);

    /// <summary>After <see cref="Started"/>, if the run is resumed.</summary>
    public virtual void Resumed(Checkpoint from, RunRecord run)
    {
    }

    /// <summary>After an interruption; what was learned is saved.</summary>
    public abstract void Interrupted(RunRecord run, string resume);
}

/// <summary><c>train --quiet</c>: the result in one line.</summary>
internal sealed class QuietReport(TextWriter output) : TrainReport
{
    public override void Finished(RunRecord run, Evaluation result, Network network, Loss loss, Dataset test) =>
        output.WriteLine($"{run.Folder.Best}  test {Figures.Of(result)}");

    public override void Interrupted(RunRecord run, string resume) =>
        output.WriteLine($"{run.Folder.Last}  interrupted; resume with: {resume}");
}
