using Nabla.Data;
using Nabla.Files;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Training;
using Nabla.Training.Doctor;

namespace Nabla.Cli;

/// <summary>One training from the data to the saved model. It decides what happens; a <see cref="TrainReport"/> shows it.</summary>
internal static class TrainRun
{
    public static int Start(TrainRequest request, CancellationToken cancel)
    {
        if (request.Threads is { } threads)
            Compute.Threads = threads;
        var report = TrainReport.For(request);
        var options = new DataOptions { Folder = request.DataFolder };
        var (all, test) = report.Loading(request.Data, () => WarmUp.While(() => DataSource.Open(request.Data, options, cancel), request));
        foreach (var doubt in TrainingDataCheck.Check(all, test))
            Console.Error.WriteLine($"nabla: warning: {doubt}");
        var settings = TrainSettings.From(request, all);
        var (validation, train) = Cut(all, settings);

        var network = new Network(all.Shape, LayerList.Parse(settings.Layers), settings.Seed);
        var best = new Network(all.Shape, LayerList.Parse(settings.Layers), seed: null);       // filled after the first epoch
        var loss = LossList.Parse(settings.Loss);
        var trainer = new Trainer(network, loss, settings.MakeOptimizer());
        var epochs = trainer.Train(
            train, settings.MakeOptions(validation, report.Step) with { Doctor = request.NoDoctor ? null : new() { OnFinding = report.Finding } }, cancel);
        var folder = RunFolder.Create(request.Out, settings);
        report.Started(settings, network, train, validation, test, folder);

        var run = new RunRecord(folder, new Model(network, loss) { Classes = all.Classes, ImageSize = all.ImageSize }, best, settings);
        try
        {
            report.WhileTraining(() =>
            {
                foreach (var epoch in epochs)
                {
                    run.Add(epoch);
                    report.Epoch(epoch, run.BestEpoch == epoch.Number);
                }
            });
        }
        catch (Exception e) when (e is DivergedException or HopelessException)
        {
            run.Save();                                 // the weights are finite: those before the cost became NaN
            throw;
        }
        run.Save();
        if (cancel.IsCancellationRequested)
        {
            report.Interrupted(run, folder);
            return ExitCode.Interrupted;
        }
        report.Finished(run, Evaluation.Of(best, loss, test), best, loss, test);
        return ExitCode.Done;
    }

    private static (Dataset? Validation, Dataset Train) Cut(Dataset all, TrainSettings settings)
    {
        if (settings.Validation == 0)
            return (null, all);
        if (settings.Validation is not (> 0 and < 1))
            throw new FormatException($"--validation is {settings.Validation}, but a share of the data is expected: at least 0 and less than 1, as in 0.1.");
        return all.Split(settings.Validation, seed: 0, stratified: all.HasClasses);  // the same cut for every seed, so that runs can be compared
    }
}
