namespace Nabla;

/// <summary>The figure that early stopping watches.</summary>
public enum EarlyStoppingMetric
{
    /// <summary>The loss on the validation examples.</summary>
    ValidationLoss,

    /// <summary>The share of the validation examples that are classified correctly.</summary>
    ValidationAccuracy,

    /// <summary>The mean cost of the epoch's batches.</summary>
    TrainLoss,
}

/// <summary>Stops a training before the last epoch if the network has not improved for a while
/// (Prechelt, 1998, <i>Early Stopping: But When?</i>).</summary>
public sealed record EarlyStopping
{
    /// <summary>The number of consecutive epochs without progress that end the training.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public int Patience
    {
        get;
        init => field = value > 0
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(value), value, $"The patience of early stopping must be at least 1 epoch, but is {value}.");
    } = 5;

    /// <summary>By how much an epoch must be better than the best so far to count as progress.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, or not finite.</exception>
    public double MinimalImprovement
    {
        get;
        init => field = value >= 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(value), value, $"The minimal improvement must be finite and not negative, but is {value}.");
    }

    /// <summary>The figure that is watched. A loss that is NaN never counts as progress.</summary>
    public EarlyStoppingMetric Metric { get; init; } = EarlyStoppingMetric.ValidationLoss;

    /// <summary>Whether the network gets the weights of the best epoch when the training ends, for whatever reason;
    /// otherwise it keeps those of the last.</summary>
    public bool RestoresBest { get; init; } = true;

    /// <summary>Throws if there is nothing to watch.</summary>
    internal void Check(TrainingOptions options)
    {
        if (Metric != EarlyStoppingMetric.TrainLoss && options.Validation is null)
            throw new ArgumentException(
                "Early stopping watches the validation examples, but there are none. "
                + "Give some, or watch the training loss.");
        if (Metric == EarlyStoppingMetric.ValidationAccuracy && !options.Validation!.HasClasses)
            throw new ArgumentException(
                $"Early stopping watches the accuracy, but {options.Validation.Name} has no classes. Watch the loss.");
    }

    /// <summary>The watched figure, with a sign such that lower is better.</summary>
    internal double Of(Epoch epoch) => Metric switch
    {
        EarlyStoppingMetric.ValidationLoss => epoch.Validation!.Loss,
        EarlyStoppingMetric.ValidationAccuracy => -epoch.Validation!.Accuracy!.Value,
        _ => epoch.TrainLoss,
    };
}
