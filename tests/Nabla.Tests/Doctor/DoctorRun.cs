using Nabla.Data;
using Nabla.Doctor;
using Nabla.Tests.Training;

namespace Nabla.Tests.Doctors;

/// <summary>A training for the doctor to watch: healthy, or broken on purpose in one way.</summary>
/// <param name="Name">What it is, or what is wrong with it.</param>
/// <param name="Code">The code that the doctor must report; null if the training is healthy.</param>
/// <param name="Layers">The network.</param>
/// <param name="Loss">The loss.</param>
internal sealed record DoctorRun(string Name, string? Code, string Layers, string Loss)
{
    /// <summary>The training and validation examples, for a seed.</summary>
    public required Func<ulong, (Dataset Train, Dataset? Validation)> Data { get; init; }

    public required Func<Optimizer> Optimizer { get; init; }

    public int Epochs { get; init; } = 4;

    public int BatchSize { get; init; } = 32;

    public Schedule Schedule { get; init; } = Schedule.Constant;

    /// <summary>A change of the network before the training.</summary>
    public Action<Network, ulong> Prepare { get; init; } = (_, _) => { };

    /// <summary>Trains to the end, or until the doctor or a divergence ends it, and returns the findings.</summary>
    public DoctorResult Run(ulong seed) => Ended(seed, from: null);

    /// <summary>
    /// The same, but stopped after some steps and resumed from a checkpoint, by another trainer with another doctor.
    /// </summary>
    /// <param name="seed">The seed.</param>
    /// <param name="stop">The number of steps before the stop.</param>
    /// <param name="onFinding">Called for each finding after the stop.</param>
    /// <returns>The result; null if the training ended before the stop.</returns>
    public DoctorResult? RunInTwo(ulong seed, int stop, Action<Finding> onFinding)
    {
        using var cancellation = new CancellationTokenSource();
        var (trainer, train, options) = Begin(seed);
        var cancelling = options with
        {
            OnStep = _ =>
            {
                if (--stop == 0)
                    cancellation.Cancel();
            },
        };
        var before = new List<Epoch>();
        var training = trainer.Train(train, cancelling, cancellation.Token);
        try
        {
            before.AddRange(training);
        }
        catch (HopelessException)
        {
            return null;
        }
        if (training.CancelledAt is null)
            return null;
        var bytes = new MemoryStream();
        CheckpointFile.Save(training.TakeCheckpoint(), bytes);
        bytes.Position = 0;
        var checkpoint = CheckpointFile.FromFile(SafetensorsReader.Read(bytes, "checkpoint"), "checkpoint");
        var result = Ended(seed, checkpoint, onFinding);
        return result with { Epochs = [.. before, .. result.Epochs] };
    }

    private DoctorResult Ended(ulong seed, Checkpoint? from, Action<Finding>? onFinding = null)
    {
        var (trainer, train, options) = Begin(seed, onFinding);
        var epochs = new List<Epoch>();
        try
        {
            foreach (var epoch in from is null ? trainer.Train(train, options) : trainer.Resume(from, train, options))
                epochs.Add(epoch);
            return new(this, ((TrainingDoctor)options.Observers[0]).Findings, epochs, null);
        }
        catch (Exception e) when (e is DivergedException or HopelessException)
        {
            return new(this, ((TrainingDoctor)options.Observers[0]).Findings, epochs, e);
        }
    }

    private (Trainer Trainer, Dataset Train, TrainingOptions Options) Begin(
        ulong seed, Action<Finding>? onFinding = null)
    {
        var (train, validation) = Data(seed);
        var network = new Network(train.Inputs, Parse.Layers(Layers));
        network.Initialize(seed);
        Prepare(network, seed);
        var options = new TrainingOptions
        {
            Epochs = Epochs,
            BatchSize = BatchSize,
            Seed = seed,
            Validation = validation,
            Schedule = Schedule,
            Observers = [new TrainingDoctor { OnFinding = onFinding }],
        };
        return (new(network, Examples.LossNamed(Loss), Optimizer()), train, options);
    }

    public override string ToString() => Name;
}

/// <summary>The findings of a run, its epochs, and the exception that ended it, if any.</summary>
internal sealed record DoctorResult(
    DoctorRun Run, IReadOnlyList<Finding> Findings, IReadOnlyList<Epoch> Epochs, Exception? End)
{
    /// <summary>The finding that names what was broken.</summary>
    public Finding? Named => Findings.FirstOrDefault(finding => finding.Code == Run.Code);

    public IEnumerable<Finding> Alarms => Findings.Where(finding => finding.Severity >= FindingSeverity.Warning);
}
