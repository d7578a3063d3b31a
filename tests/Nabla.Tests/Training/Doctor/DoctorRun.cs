using Nabla.Data;
using Nabla.Layers;
using Nabla.Optimizers;
using Nabla.Training;
using Nabla.Training.Doctor;

namespace Nabla.Tests.Training.Doctor;

/// <summary>A training for the doctor to look at: healthy, or broken on purpose in one way.</summary>
/// <param name="Name">What it is, or what is wrong with it.</param>
/// <param name="Code">The code by which the doctor is to name it; null if it is healthy.</param>
/// <param name="Layers">The network.</param>
/// <param name="Loss">The loss.</param>
internal sealed record DoctorRun(string Name, string? Code, string Layers, string Loss)
{
    /// <summary>The examples to learn from and to validate with, for a seed.</summary>
    public required Func<ulong, (Dataset Train, Dataset? Validation)> Data { get; init; }

    public required Func<Optimizer> Optimizer { get; init; }

    public int Epochs { get; init; } = 4;

    public int BatchSize { get; init; } = 32;

    public Schedule Schedule { get; init; } = Schedule.Constant;

    /// <summary>What is done to the network before the training.</summary>
    public Action<Network, ulong> Prepare { get; init; } = (_, _) => { };

    /// <summary>Trains to the end, or until it is ended, and returns what was found.</summary>
    public DoctorResult Run(ulong seed)
    {
        var (train, validation) = Data(seed);
        var network = new Network(train.Inputs, LayerList.Parse(Layers));
        network.Initialize(seed);
        Prepare(network, seed);
        var doctor = new TrainingDoctor();
        var options = new TrainingOptions { Epochs = Epochs, BatchSize = BatchSize, Seed = seed, Validation = validation, Schedule = Schedule, Doctor = doctor };
        try
        {
            var epochs = new Trainer(network, Examples.LossNamed(Loss), Optimizer()).Train(train, options).ToList();
            return new(this, doctor.Findings, epochs, null);
        }
        catch (Exception e) when (e is DivergedException or HopelessException)
        {
            return new(this, doctor.Findings, [], e);
        }
    }

    public override string ToString() => Name;
}

/// <summary>What came of it.</summary>
internal sealed record DoctorResult(DoctorRun Run, IReadOnlyList<Finding> Findings, IReadOnlyList<Epoch> Epochs, Exception? End)
{
    /// <summary>The finding that names what was broken.</summary>
    public Finding? Named => Findings.FirstOrDefault(finding => finding.Code == Run.Code);

    public IEnumerable<Finding> Alarms => Findings.Where(finding => finding.Severity >= Severity.Warning);
}
