using Nabla.Doctor;

namespace Nabla.Cli;

/// <summary>One training, from the data to the saved model. A <see cref="TrainReport"/> shows it.</summary>
internal static class TrainRun
{
    public static int Start(TrainRequest asked, CancellationToken cancel)
    {
        if (asked.SaveEvery is < 0 or double.NaN)
            throw new FormatException(
                $"--save-every is {asked.SaveEvery}, but a number of seconds is expected, or 0 to save after each " +
                "step.");
        if (asked.Threads is { } threads)
            Compute.Threads = threads;
        using var before = asked.Resume is null ? null : RunFolder.Open(asked.Resume);
        var config = before is null ? null : RunConfig.Read(before.Config);
        var request = config?.Complete(asked) ?? asked;
        var report = TrainReport.For(request);
        var (all, train, validation, test) = report.Loading(
            request.Data, () => WarmUp.While(() => TrainData.Load(request, cancel), request));
        foreach (var warning in all.CheckForTraining(test))
            Console.Error.WriteLine($"nabla: warning: {warning}");
        var settings = TrainSettings.From(request, all);
        settings = config?.Check(settings) ?? settings;

        var network = new Network(all.Shape, Parse.Layers(settings.Layers), settings.Seed);
        // Filled after the first epoch
        var best = new Network(all.Shape, Parse.Layers(settings.Layers), seed: null);
        var loss = Parse.Loss(settings.Loss);
        var trainer = new Trainer(network, loss, settings.MakeOptimizer());
        var run = new RunRecord(all, best, settings, request.SaveEvery);
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

        Learn(training, run, report);
        if (training.CancelledAt is not null)
        {
            run.Save(training.TakeCheckpoint());
            report.Interrupted(run, ResumeCommand(folder, request));
            return ExitCode.Interrupted;
        }
        Evaluation? result = null;
        Together.Run(() => run.Save(checkpoint: null), () => result = Evaluation.Of(best, loss, test));
        report.Finished(run, result!, best, loss, test);
        return ExitCode.Done;
    }

    /// <summary>Trains to the end. If the training fails, saves what was learned, and rethrows its error.</summary>
    internal static void Learn(TrainingRun training, RunRecord run, TrainReport report)
    {
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
            try
            {
                run.Save(checkpoint: null);             // the weights are finite: those before the cost became NaN
            }
            catch (Exception e)                         // the user must see why the training failed
            {
                Console.Error.WriteLine($"nabla: warning: {PlainMessage.Of(e)}");
            }
            throw;
        }
    }

    /// <summary>The command that resumes the run.</summary>
    private static string ResumeCommand(RunFolder folder, TrainRequest request) =>
        $"{Invocation.Command} train --resume {Invocation.Quoted(folder.Shown)}" +
        Invocation.DataOption(request.DataFolder);
}
