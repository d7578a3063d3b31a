using Nabla.Data;
using Nabla.Doctor;
using Nabla.Kernels;

namespace Nabla.Cli;

/// <summary>One training from the data to the saved model. It decides what happens; a <see cref="TrainReport"/> shows it.</summary>
internal static class TrainRun
{
    public static int Start(TrainRequest asked, CancellationToken cancel)
    {
        if (asked.SaveEvery is < 0 or double.NaN)
            throw new FormatException($"--save-every is {asked.SaveEvery}, but a number of seconds is expected, 0 for after each step.");
        if (asked.Threads is { } threads)
            Compute.Threads = threads;
        using var before = asked.Resume is null ? null : RunFolder.Open(asked.Resume);
        var config = before is null ? null : RunConfig.Read(before.Config);
        var request = config?.Complete(asked) ?? asked;
        var report = TrainReport.For(request);
        var (all, train, validation, test) = report.Loading(request.Data, () => WarmUp.While(() => TrainData.Load(request, cancel), request));
        foreach (var doubt in TrainingDataCheck.Check(all, test))
            Console.Error.WriteLine($"nabla: warning: {doubt}");
        var settings = TrainSettings.From(request, all);
        settings = config?.Check(settings) ?? settings;

        var network = new Network(all.Shape, LayerList.Parse(settings.Layers), settings.Seed);
        var best = new Network(all.Shape, LayerList.Parse(settings.Layers), seed: null);       // filled after the first epoch
        var loss = LossList.Parse(settings.Loss);
        var trainer = new Trainer(network, loss, settings.MakeOptimizer());
        var model = new Model(network, loss) { Classes = all.Classes, ImageSize = all.ImageSize };
        var run = new RunRecord(model, best, settings, request.SaveEvery);
        ITrainingObserver[] observers =
            request.NoDoctor ? [run] : [new TrainingDoctor { OnFinding = report.Finding }, run];
        var options = settings.MakeOptions(validation, report.Step) with { Observers = observers };
        var from = before is not null && File.Exists(before.Checkpoint) ? CheckpointFile.Load(before.Checkpoint) : null;
        var training = from is null
            ? trainer.Train(train, options, cancel)
            : trainer.Resume(from, train, options, cancel);
        using var folder = run.Folder = before ?? RunFolder.Create(request.Out, settings);
        if (config?.Extended(settings.Epochs) is { } extended)
            folder.WriteConfig(extended);
        report.Started(settings, network, train, validation, test, folder);
        if (from is not null)
            report.Resumed(from, run);

        try
        {
            report.WhileTraining(() =>
            {
                foreach (var epoch in training)
                    report.Epoch(epoch, run.BestEpoch == epoch.Number);
            });
        }
        catch when (!run.SavingFailed)
        {
            run.Save(place: null);                      // whatever went wrong: the weights are finite, those before the cost became NaN
            throw;
        }
        if (training.CancelledAt is not null)
        {
            run.Save(training.TakeCheckpoint());
            report.Interrupted(run, ResumeCommand(folder, request));
            return ExitCode.Interrupted;
        }
        Evaluation? result = null;
        Workers.Both(() => run.Save(place: null), () => result = Evaluation.Of(best, loss, test));      // neither waits for the other
        report.Finished(run, result!, best, loss, test);
        return ExitCode.Done;
    }

    /// <summary>What to type to go on.</summary>
    private static string ResumeCommand(RunFolder folder, TrainRequest request) =>
        $"{Invocation.Command} train --resume {Invocation.Quoted(folder.Shown)}{Invocation.DataOption(request.DataFolder)}";
}
