using System.Runtime.InteropServices;
using Nabla.Data;
using Nabla.Doctor;

namespace Nabla.Tests.Recorded;

/// <summary>A small training whose every byte is written down.</summary>
/// <param name="Name">What to call it, in the file too.</param>
/// <param name="Layers">The layers as text.</param>
/// <param name="Loss">The loss as text.</param>
/// <param name="Optimizer">Makes the optimiser: each training has its own.</param>
/// <param name="Data">The examples to train with, and to test with.</param>
internal sealed record RecordedRun(
    string Name, string Layers, string Loss, Func<Optimizer> Optimizer, Lazy<(Dataset Train, Dataset Test)> Data)
{
    /// <summary>How to train, but for what the next two say.</summary>
    public required TrainingOptions Options { get; init; }

    /// <summary>Whether the examples to test with are looked at after each epoch.</summary>
    public bool Validates { get; init; }

    /// <summary>Whether a doctor watches.</summary>
    public bool IsWatched { get; init; }

    /// <summary>Where a checkpoint of it is kept: the epoch, and how many steps of it are done by then.</summary>
    public (int Epoch, int Step)? KeptAt { get; init; }

    /// <summary>The options, whole.</summary>
    public TrainingOptions AllOptions => Options with
    {
        Validation = Validates ? Data.Value.Test : null,
        Observers = IsWatched ? [new TrainingDoctor()] : [],
    };

    /// <summary>The layers, not yet in any network.</summary>
    public Layer[] NewLayers() => Parse.Layers(Layers);

    /// <summary>Trains from the beginning, or goes on from a checkpoint.</summary>
    public RunRecord Train(Checkpoint? from = null)
    {
        var (train, test) = Data.Value;
        var (trainer, model, options) = Begin();
        Epoch[] epochs = [.. from is null ? trainer.Train(train, options) : trainer.Resume(from, train, options)];
        return new(
            RunRecord.HashOf(FileOf(model)),
            RunRecord.HashOf(MemoryMarshal.AsBytes(model.Predict(InputsOf(test)).Values)),
            options.Observers is [TrainingDoctor doctor] ? RunRecord.HashOf(doctor.Findings) : null,
            [.. epochs.Select(RunRecord.HashOf)]);
    }

    /// <summary>The checkpoint at the place where one is kept.</summary>
    public Checkpoint TakeCheckpoint()
    {
        var place = KeptAt ?? throw new InvalidOperationException($"No checkpoint of '{Name}' is kept.");
        var (trainer, _, options) = Begin();
        Checkpoint? taken = null;
        TrainingRun run = null!;
        options = options with
        {
            OnStep = done => taken = (done.Epoch, done.Step) == place ? run.TakeCheckpoint() : taken,
        };
        run = trainer.Train(Data.Value.Train, options);
        foreach (var epoch in run)
        {
            if ((epoch.Number + 1, 0) == place)
                taken = run.TakeCheckpoint();
            if (taken is not null)
                return taken;
        }
        throw new InvalidOperationException($"'{Name}' ended before epoch {place.Epoch}, step {place.Step}.");
    }

    private (Trainer Trainer, Model Model, TrainingOptions Options) Begin()
    {
        var train = Data.Value.Train;
        var model = new Model(new Network(train.Shape, NewLayers()), Parse.Loss(Loss))
        {
            Classes = train.Classes,
            ImageSize = train.ImageSize,
            Training = new Dictionary<string, string> { ["run"] = Name },
        };
        model.Network.Initialize(Options.Seed);
        return (new Trainer(model.Network, model.Loss, Optimizer()), model, AllOptions);
    }

    private static byte[] FileOf(Model model)
    {
        using var folder = new TemporaryFolder();
        model.Save(folder.At("model.safetensors"));
        return File.ReadAllBytes(folder.At("model.safetensors"));
    }

    private static Matrix InputsOf(Dataset data)
    {
        var x = new Matrix(data.Count, data.Inputs);
        data.CopyTo([.. Enumerable.Range(0, data.Count)], x, new Matrix(data.Count, data.Outputs));
        return x;
    }
}
