using Nabla.Data;

namespace Nabla;

/// <summary>The options of a training.</summary>
public sealed record TrainingOptions
{
    /// <summary>How often the training goes through all examples.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int Epochs
    {
        get; init => field = value >= 0
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(value), value, $"The number of epochs must not be negative, but is {value}.");
    } = 30;

    /// <summary>B, how many examples each step learns from; the last batch of an epoch may be smaller.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public int BatchSize
    {
        get; init => field = value > 0
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(value), value, $"The batch size must be at least 1, but is {value}.");
    } = 32;

    /// <summary>
    /// The seed for the order of the examples, for everything random in layers, and for the augmentation.
    /// </summary>
    /// <remarks>
    /// The initial weights come from <see cref="Network.Initialize"/>, with the seed 0 unless they are drawn again. So
    /// to repeat a training with another seed here changes only the order, dropout and the augmentation.
    /// </remarks>
    public ulong Seed { get; init; }

    /// <summary>
    /// Examples that are not learned from. The network is evaluated on them after each epoch; null for none.
    /// </summary>
    public Dataset? Validation { get; init; }

    /// <summary>How the learning rate changes during the training.</summary>
    public Schedule Schedule { get; init; } = Schedule.Constant;

    /// <summary>
    /// How the images are changed at random each time they are learned from; null for no change.
    /// <see cref="Validation"/> is not changed.
    /// </summary>
    public Augmentation? Augmentation { get; init; }

    /// <summary>Limits the size of gradients; null for no limit.</summary>
    public GradientClipping? Clipping { get; init; }

    /// <summary>When to stop before the last epoch; null for never.</summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>
    /// d, the decay of an average of the weights over about the last 1 / (1 − d) steps, such as 0.999; null for no
    /// average. The network holds the average whenever it is evaluated, between epochs, and at the end; the training
    /// continues with the raw weights.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not at least 0 and less than 1.</exception>
    public double? AverageDecay
    {
        get; init => field = value is null or (>= 0 and < 1)
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(value), value, $"The decay of the average must be at least 0 and less than 1, not {value}.");
    }

    /// <summary>
    /// Called after each step with the training, on the thread that trains; it should return at once. To see more, or
    /// to end the training, use an observer.
    /// </summary>
    public Action<TrainingRun>? OnStep { get; init; }

    /// <summary>
    /// Observers of the training, such as a <c>TrainingDoctor</c>. They change no values; see
    /// <see cref="ITrainingObserver"/>.
    /// </summary>
    public IReadOnlyList<ITrainingObserver> Observers { get; init; } = [];
}

/// <summary>The results of one epoch.</summary>
/// <param name="Number">The number of the epoch, from 1.</param>
/// <param name="TrainLoss">The mean cost over its batches, each measured before it was learned from.</param>
/// <param name="Validation">The evaluation on the validation examples afterwards; null if there are none.</param>
/// <param name="LearningRate">η at the end of the epoch.</param>
/// <param name="Seconds">How long the training took, without the evaluation.</param>
public sealed record Epoch(int Number, double TrainLoss, Evaluation? Validation, double LearningRate, double Seconds)
{
    /// <summary>
    /// The sizes of the gradients before they were clipped, as norms or largest derivatives: the mean over the steps,
    /// the largest of any step, and the share of steps that were clipped. Null without clipping.
    /// </summary>
    public (double Mean, double Largest, double Clipped)? Gradients { get; init; }
}
