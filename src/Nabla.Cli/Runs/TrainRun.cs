using Nabla.Data;

namespace Nabla.Cli;

/// <summary>
/// One training from the data to the saved model. It decides what happens; a <see cref="TrainReport"/> shows it.
/// </summary>
internal static class TrainRun
{
    public static int Start(TrainRequest asked, CancellationToken cancel)
    {
        if (asked.SaveEvery is < 0 or double.NaN)
            throw new FormatException(
                $"--save-every is {asked.SaveEvery}, but a number of seconds is expected, 0 for after each step.");
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

        var network = new Network(all.Shape, LayerList.Parse(settings.Layers), settings.Seed);
        // Filled after the first epoch
        var best = new Network(all.Shape, LayerList.Parse(settings.Layers), seed: null);
        var loss = LossList.Parse(settings.Loss);
        var trainer = new Trainer(network, loss, settings.MakeOptimizer());
        RunRecord? run = null;
        var training = settings.MakeOptions(validation, progress =>
        {
            report.Step(progress);
            run?.AfterStep(trainer);
        }) with
        { Doctor = request.NoDoctor ? null : new() { OnFinding = report.Finding } };
        var from = before is not null && File.Exists(before.Checkpoint) ? CheckpointFile.Load(before.Checkpoint) : null;
        var epochs = from is null ? trainer.Train(train, training, cancel) : trainer.Resume(from, train, training, cancel);
        using var folder = before ?? RunFolder.Create(request.Out, settings);
        run = new RunRecord(folder, new Model(network, loss) { Classes = all.Classes, ImageSize = all.ImageSize }, best, settings, request.SaveEvery);
        from?.Restore(state => state.PutBack("run", run));
        if (config?.Extended(settings.Epochs) is { } extended)
            folder.WriteConfig(extended);
        report.Started(settings, network, train, validation, test, folder);
        if (from is not null)
            report.Resumed(from, run);

        try
        {
            report.WhileTraining(() =>
            {
                foreach (var epoch in epochs)
                {
                    run.Add(epoch, trainer);
                    report.Epoch(epoch, run.BestEpoch == epoch.Number);
                }
            });
        }
        catch when (!run.SavingFailed)
        {
            // Whatever went wrong: the weights are finite, those before the cost became NaN
            run.Save(place: null);
            throw;
        }
        if (trainer.Interrupted is { } place)
        {
            run.Save(place);
            report.Interrupted(run, ResumeCommand(folder, request));
            return ExitCode.Interrupted;
        }
        Evaluation? result = null;
        // Neither waits for the other
        Workers.Both(() => run.Save(place: null), () => result = Evaluation.Of(best, loss, test));
        report.Finished(run, result!, best, loss, test);
        return ExitCode.Done;
    }

    /// <summary>The command that resumes the run.</summary>
    private static string ResumeCommand(RunFolder folder, TrainRequest request) =>
        $"{Invocation.Command} train --resume " +
        $"{Invocation.Quoted(folder.Shown)}{Invocation.DataOption(request.DataFolder)}";
}
