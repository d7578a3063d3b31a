using Nabla.Data;
using Nabla.Training.Doctor;

namespace Nabla.Training;

/// <summary>How to train.</summary>
public sealed record TrainingOptions
{
    /// <summary>How many times to go through all examples.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int Epochs
    {
        get; init => field = value >= 0
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, $"The number of epochs must not be negative, but is {value}.");
    } = 30;

    /// <summary>B, how many examples each step learns from; the last batch of an epoch may be smaller.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public int BatchSize
    {
        get; init => field = value > 0
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, $"The batch size must be at least 1, but is {value}.");
    } = 32;

    /// <summary>The seed of the order of examples and of all that is random in layers.</summary>
    public ulong Seed { get; init; }

    /// <summary>Examples that are not learned from, to evaluate the network with after each epoch; null for none.</summary>
    public Dataset? Validation { get; init; }

    /// <summary>How the learning rate changes during the training.</summary>
    public Schedule Schedule { get; init; } = Schedule.Constant;

    /// <summary>Called after each step, on the thread that trains; it should return at once.</summary>
    public Action<Progress>? OnStep { get; init; }

    /// <summary>Who watches the training, says what is wrong with it, and ends one that cannot recover; null for nobody. It changes no number.</summary>
    public TrainingDoctor? Doctor { get; init; }
}

/// <summary>Where a training stands.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Step">The step within the epoch, from 1.</param>
/// <param name="Steps">How many steps an epoch has.</param>
/// <param name="Loss">The mean cost over this epoch so far.</param>
public readonly record struct Progress(int Epoch, int Step, int Steps, double Loss);

/// <summary>What one epoch has come to.</summary>
/// <param name="Number">Which one, from 1.</param>
/// <param name="TrainLoss">The mean cost over its batches, each before it was learned from.</param>
/// <param name="Validation">The network on the validation examples afterwards; null if there are none.</param>
/// <param name="LearningRate">η at the end of the epoch.</param>
/// <param name="Seconds">How long the training took, without the evaluation.</param>
public sealed record Epoch(int Number, double TrainLoss, Evaluation? Validation, double LearningRate, double Seconds);
