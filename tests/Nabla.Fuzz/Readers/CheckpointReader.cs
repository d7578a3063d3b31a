using Nabla.Data;
using Nabla.Doctor;

namespace Nabla.Fuzz.Readers;

/// <summary>
/// Checkpoints: valid safetensors files whose strings and tensors are not what they should be. An accepted checkpoint
/// is resumed.
/// </summary>
internal sealed class CheckpointReader() : FuzzedReader("checkpoint")
{
    private static readonly string[] words =
    [
        "nabla.checkpoint", "nabla.numbers", "epoch", "step", "begun", "batches.order", "optimizer.mean",
        "random.a-high", "rate.losses", "doctor.chart.texts", "doctor.looks", "NaN", "Infinity",
        "1E+300", "4294967296", "-1", "0.5",
    ];

    private static readonly Dataset data =
        Dataset.FromNumbers("points", new([0, 1, 2, 3, 4, 5], 0, 6, 1), [0, 1, 0, 1, 0, 1], ["a", "b"]);

    private static readonly TrainingOptions options = new()
    {
        Epochs = 3,
        BatchSize = 2,
        Schedule = Schedule.Plateau(0),
        Clipping = GradientClipping.ByNorm(1),
        AverageDecay = 0.5,
        EarlyStopping = new() { Metric = EarlyStoppingMetric.TrainLoss },
    };

    public override IReadOnlyList<byte[]> Valid { get; } = [Example(1), Example(4)];

    public override byte[] Mutate(byte[] input, RandomGenerator random) =>
        TensorFiles.MutateContent(input, random, words);

    public override void Read(byte[] input)
    {
        var checkpoint = CheckpointFile.Load(new MemoryStream(input));
        var saved = Save(checkpoint);
        Promise(
            saved.AsSpan().SequenceEqual(Save(CheckpointFile.Load(new MemoryStream(saved)))),
            "the bytes differ after saving and loading");
        var observed = options with { Observers = [new TrainingDoctor()] };
        foreach (var epoch in NewTrainer().Resume(checkpoint, data, observed))
            Promise(epoch.Number <= options.Epochs, "there is an epoch after the last");
    }

    /// <summary>
    /// Other settings are an error of the caller. With arbitrary weights, a training may diverge or be hopeless.
    /// </summary>
    public override bool Refuses(Exception e) =>
        e is InvalidDataException or DivergedException or HopelessException
        || (e is ArgumentException && e.Message.StartsWith("The training cannot be resumed", StringComparison.Ordinal));

    public override long MemoryFor(byte[] input) => base.MemoryFor(input) + (1 << 20);

    private static byte[] Example(int steps)
    {
        using var cancellation = new CancellationTokenSource();
        var cancelling = options with
        {
            Observers = [new TrainingDoctor()],
            OnStep = _ =>
            {
                if (--steps == 0)
                    cancellation.Cancel();
            },
        };
        var run = NewTrainer().Train(data, cancelling, cancellation.Token);
        _ = run.Count();
        return Save(run.TakeCheckpoint());
    }

    private static byte[] Save(Checkpoint checkpoint) =>
        TensorFiles.Bytes(stream => CheckpointFile.Save(checkpoint, stream));

    private static Trainer NewTrainer() => new(
        new Network(data.Shape, Parse.Layers("dense 2, batch-norm, relu, dense 2")), new SoftmaxCrossEntropy(),
        new Adam());
}
